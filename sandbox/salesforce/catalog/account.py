"""Account: a company."""

from sandbox.salesforce.catalog.shared import AUDIT, FULL, VIEWED, address

ACCOUNT = (
    f"Account | company | Account | Accounts | {FULL} mergeable feedEnabled mruEnabled compactLayoutable",
    f"""
Id                      id              d    Account ID
IsDeleted               boolean         d    Deleted
MasterRecordId          reference       n    Master Record ID; to=MasterRecord:Account
Name                    string:255      cum  Account Name
Type                    picklist:40     ncu  Account Type; values=account_type
ParentId                reference       ncu  Parent Account ID; to=Parent:Account<ChildAccounts
{address("Billing", "Billing")}
{address("Shipping", "Shipping")}
Phone                   phone:40        ncu  Account Phone
Fax                     phone:40        ncu  Account Fax
AccountNumber           string:40       ncu  Account Number
Website                 url:255         ncu  Website
PhotoUrl                url:255         n    Photo URL
Sic                     string:20       ncu  SIC Code
Industry                picklist:40     ncu  Industry; values=industry
AnnualRevenue           currency:18.0   ncu  Annual Revenue
NumberOfEmployees       int:8           ncu  Employees
Ownership               picklist:40     ncu  Ownership; values=ownership
TickerSymbol            string:20       ncu  Ticker Symbol
Description             textarea:32000  ncu  Account Description
Rating                  picklist:40     ncu  Account Rating; values=rating
Site                    string:80       ncu  Account Site
OwnerId                 reference       cud  Owner ID; to=Owner:User
{AUDIT}
{VIEWED}
Jigsaw                  string:20       ncu  Data.com Key
CleanStatus             picklist:40     ncur Clean Status; values=clean_status
AccountSource           picklist:40     ncu  Account Source; values=source
DunsNumber              string:9        ncu  D-U-N-S Number
Tradestyle              string:255      ncu  Tradestyle
NaicsCode               string:8        ncu  NAICS Code
NaicsDesc               string:120      ncu  NAICS Description
YearStarted             string:4        ncu  Year Started
SicDesc                 string:80       ncu  SIC Description
HubSpot_Company_Id__c   string:64       ncuxl HubSpot Company Id
Revops_Merged_Into__c   string:18       ncu  Revops Merged Into
""",
)
