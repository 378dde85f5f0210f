"""Organization and User: who the data belongs to."""

from sandbox.salesforce.catalog.shared import AUDIT, address

ORGANIZATION = (
    "Organization | organization | Organization | Organizations | queryable retrieveable",
    f"""
Id                      id              d    Organization ID
Name                    string:80       m    Name
Division                string:80       n    Division
{address("", "").replace("ncu", "n")}
Phone                   phone:40        n    Phone
PrimaryContact          string:80       n    Primary Contact
DefaultLocaleSidKey     picklist:40     r    Locale
TimeZoneSidKey          picklist:40     nr   Time Zone
LanguageLocaleKey       picklist:40     r    Language
FiscalYearStartMonth    int:9           n    Fiscal Year Starts In
OrganizationType        picklist:40     nr   Edition
NamespacePrefix         string:15       n    Namespace Prefix
InstanceName            string:5        n    Instance Name
IsSandbox               boolean         d    Is Sandbox
TrialExpirationDate     datetime        n    Trial Expiration Date
{AUDIT}
""",
)

USER = (
    "User | user | User | Users | queryable replicateable retrieveable searchable triggerable layoutable feedEnabled"
    " mruEnabled compactLayoutable",
    f"""
Id                      id              d    User ID
Username                string:80       l    Username
LastName                string:80       -    Last Name; in=Name
FirstName               string:40       n    First Name; in=Name
Name                    string:121      m    Full Name
CompanyName             string:80       n    Company Name
Department              string:80       n    Department
Title                   string:80       n    Title
Email                   email:128       l    Email
Phone                   phone:40        n    Phone
MobilePhone             phone:40        n    Mobile
Alias                   string:8        -    Alias
CommunityNickname       string:40       -    Nickname
IsActive                boolean         d    Active
TimeZoneSidKey          picklist:40     r    Time Zone
UserRoleId              reference       n    Role ID
LocaleSidKey            picklist:40     r    Locale
EmailEncodingKey        picklist:40     r    Email Encoding
ProfileId               reference       -    Profile ID
UserType                picklist:40     nr   User Type; values=user_type
LanguageLocaleKey       picklist:40     r    Language
EmployeeNumber          string:20       n    Employee Number
ManagerId               reference       n    Manager ID; to=Manager:User
LastLoginDate           datetime        n    Last Login
{AUDIT}
""",
)
