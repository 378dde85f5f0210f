"""Contact and Lead: persons."""

from sandbox.salesforce.catalog.shared import AUDIT, FULL, VIEWED, address

NAME = """
LastName                string:80       cu   Last Name; in=Name
FirstName               string:40       ncu  First Name; in=Name
Salutation              picklist:40     ncu  Salutation; in=Name; values=salutation
Name                    string:121      m    Full Name
"""

CONTACT = (
    f"Contact | contact | Contact | Contacts | {FULL} mergeable feedEnabled mruEnabled compactLayoutable",
    f"""
Id                      id              d    Contact ID
IsDeleted               boolean         d    Deleted
MasterRecordId          reference       n    Master Record ID; to=MasterRecord:Contact
AccountId               reference       ncu  Account ID; to=Account:Account<Contacts!
{NAME}
{address("Other", "Other")}
{address("Mailing", "Mailing")}
Phone                   phone:40        ncu  Business Phone
Fax                     phone:40        ncu  Business Fax
MobilePhone             phone:40        ncu  Mobile Phone
HomePhone               phone:40        ncu  Home Phone
OtherPhone              phone:40        ncu  Other Phone
AssistantPhone          phone:40        ncu  Asst. Phone
ReportsToId             reference       ncu  Reports To ID; to=ReportsTo:Contact
Email                   email:80        ncul Email
Title                   string:128      ncu  Title
Department              string:80       ncu  Department
AssistantName           string:40       ncu  Assistant's Name
LeadSource              picklist:255    ncu  Lead Source; values=source
Birthdate               date            ncu  Birthdate
Description             textarea:32000  ncu  Contact Description
OwnerId                 reference       cud  Owner ID; to=Owner:User
HasOptedOutOfEmail      boolean         cud  Email Opt Out
HasOptedOutOfFax        boolean         cud  Fax Opt Out
DoNotCall               boolean         cud  Do Not Call
{AUDIT}
{VIEWED}
EmailBouncedReason      string:255      ncu  Email Bounced Reason
EmailBouncedDate        datetime        ncu  Email Bounced Date
IsEmailBounced          boolean         d    Is Email Bounced
PhotoUrl                url:255         n    Photo URL
Jigsaw                  string:20       ncu  Data.com Key
CleanStatus             picklist:40     ncur Clean Status; values=clean_status
HubSpot_Contact_Id__c   string:64       ncuxl HubSpot Contact Id
Revops_Merged_Into__c   string:18       ncu  Revops Merged Into
""",
)

LEAD = (
    f"Lead | lead | Lead | Leads | {FULL} mergeable feedEnabled mruEnabled compactLayoutable",
    f"""
Id                      id              d    Lead ID
IsDeleted               boolean         d    Deleted
MasterRecordId          reference       n    Master Record ID; to=MasterRecord:Lead
{NAME}
Title                   string:128      ncu  Title
Company                 string:255      cu   Company
{address("", "")}
Phone                   phone:40        ncu  Phone
MobilePhone             phone:40        ncu  Mobile Phone
Fax                     phone:40        ncu  Fax
Email                   email:80        ncul Email
Website                 url:255         ncu  Website
PhotoUrl                url:255         n    Photo URL
Description             textarea:32000  ncu  Description
LeadSource              picklist:255    ncu  Lead Source; values=source
Status                  picklist:255    cud  Status; values=lead_status; default=Open - Not Contacted
Industry                picklist:255    ncu  Industry; values=industry
Rating                  picklist:255    ncu  Rating; values=rating
AnnualRevenue           currency:18.0   ncu  Annual Revenue
NumberOfEmployees       int:8           ncu  Employees
OwnerId                 reference       cud  Owner ID; to=Owner:User
HasOptedOutOfEmail      boolean         cud  Email Opt Out
HasOptedOutOfFax        boolean         cud  Fax Opt Out
DoNotCall               boolean         cud  Do Not Call
IsConverted             boolean         cd   Converted
ConvertedDate           date            n    Converted Date
ConvertedAccountId      reference       n    Converted Account ID; to=ConvertedAccount:Account
ConvertedContactId      reference       n    Converted Contact ID; to=ConvertedContact:Contact
ConvertedOpportunityId  reference       n    Converted Opportunity ID; to=ConvertedOpportunity:Opportunity
IsUnreadByOwner         boolean         cud  Unread By Owner
{AUDIT}
{VIEWED}
Jigsaw                  string:20       ncu  Data.com Key
CleanStatus             picklist:40     ncur Clean Status; values=clean_status
CompanyDunsNumber       string:9        ncu  Company D-U-N-S Number
EmailBouncedReason      string:255      nu   Email Bounced Reason
EmailBouncedDate        datetime        nu   Email Bounced Date
HubSpot_Contact_Id__c   string:64       ncuxl HubSpot Contact Id
Revops_Merged_Into__c   string:18       ncu  Revops Merged Into
""",
)
