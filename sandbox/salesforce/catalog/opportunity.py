"""Opportunity and what belongs to it: its stages, its history and the contacts on it."""

from sandbox.salesforce.catalog.shared import AUDIT, FULL, VIEWED

OPPORTUNITY = (
    f"Opportunity | deal | Opportunity | Opportunities | {FULL} feedEnabled mruEnabled compactLayoutable deepCloneable",
    f"""
Id                      id              d    Opportunity ID
IsDeleted               boolean         d    Deleted
AccountId               reference       ncu  Account ID; to=Account:Account<Opportunities!
IsPrivate               boolean         cud  Private
Name                    string:120      cum  Name
Description             textarea:32000  ncu  Description
StageName               picklist:255    cu   Stage; values=stage
Amount                  currency:18.2   ncu  Amount
Probability             percent:3.0     ncud Probability (%)
ExpectedRevenue         currency:18.2   n    Expected Amount
TotalOpportunityQuantity double:18.2    ncu  Quantity
CloseDate               date            cu   Close Date
Type                    picklist:255    ncu  Opportunity Type; values=deal_type
NextStep                string:255      ncu  Next Step
LeadSource              picklist:255    ncu  Lead Source; values=source
IsClosed                boolean         d    Closed
IsWon                   boolean         d    Won
ForecastCategory        picklist:40     r    Forecast Category; values=forecast
ForecastCategoryName    picklist:255    ncudr Forecast Category; values=forecast_name
HasOpportunityLineItem  boolean         d    Has Line Item
OwnerId                 reference       cud  Owner ID; to=Owner:User
{AUDIT}
{VIEWED}
PushCount               int:8           n    Push Count
LastStageChangeDate     datetime        n    Last Stage Change Date
FiscalQuarter           int:9           n    Fiscal Quarter; in=Fiscal
FiscalYear              int:9           n    Fiscal Year; in=Fiscal
Fiscal                  string:6        n    Fiscal Period
ContactId               reference       nc   Contact ID; to=:Contact<Opportunities
HasOpenActivity         boolean         d    Has Open Activity
HasOverdueTask          boolean         d    Has Overdue Task
LastAmountChangedHistoryId    reference n Opportunity History ID; to=LastAmountChangedHistory:OpportunityHistory
LastCloseDateChangedHistoryId reference n Opportunity History ID; to=LastCloseDateChangedHistory:OpportunityHistory
HubSpot_Deal_Id__c      string:64       ncuxl HubSpot Deal Id
Revops_Merged_Into__c   string:18       ncu  Revops Merged Into
""",
)

HISTORY = (
    "OpportunityHistory | deal_history | Opportunity: Stage History | Opportunity: Stage History"
    " | queryable replicateable retrieveable",
    """
Id                      id              d    Opportunity History ID
OpportunityId           reference       -    Opportunity ID; to=Opportunity:Opportunity<OpportunityHistories!
CreatedById             reference       d    Created By ID; to=CreatedBy:User
CreatedDate             datetime        d    Created Date
StageName               picklist:255    -    Stage Name; values=stage
Amount                  currency:18.2   n    Amount
ExpectedRevenue         currency:18.2   n    Expected Revenue
CloseDate               date            n    Close Date
Probability             percent:3.0     n    Probability
ForecastCategory        picklist:40     n    To Forecast Category; values=forecast
SystemModstamp          datetime        d    System Modstamp
IsDeleted               boolean         d    Deleted
PrevAmount              currency:18.2   n    Previous Amount
PrevCloseDate           date            n    Previous Close Date
""",
)

ROLE = (
    "OpportunityContactRole | deal_contact_role | Opportunity Contact Role | Opportunity Contact Role"
    " | createable deletable queryable replicateable retrieveable triggerable updateable layoutable"
    " compactLayoutable",
    f"""
Id                      id              d    Contact Role ID
OpportunityId           reference       c    Opportunity ID; to=Opportunity:Opportunity<OpportunityContactRoles!
ContactId               reference       cu   Contact ID; to=Contact:Contact<OpportunityContactRoles!
Role                    picklist:40     ncu  Role; values=contact_role
IsPrimary               boolean         cud  Primary
{AUDIT}
IsDeleted               boolean         d    Deleted
""",
)

STAGE = (
    "OpportunityStage | stage | Opportunity Stage | Opportunity Stage | queryable retrieveable",
    f"""
Id                      id              d    Opportunity Stage ID
MasterLabel             string:255      n    Master Label
ApiName                 string:255      m    Api Name
IsActive                boolean         d    Is Active
SortOrder               int:9           n    Sort Order
IsClosed                boolean         d    Closed
IsWon                   boolean         d    Won
ForecastCategory        picklist:40     r    Forecast Category; values=forecast
ForecastCategoryName    picklist:255    -    Forecast Category Name; values=forecast_name
DefaultProbability      percent:3.0     n    Probability (%)
Description             string:255      n    Description
{AUDIT}
""",
)
