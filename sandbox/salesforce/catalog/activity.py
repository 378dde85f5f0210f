"""Task and Event: activities about a person (Who) and a thing (What)."""

from sandbox.salesforce.catalog.shared import AUDIT, FULL

TASK = (
    f"Task | task | Task | Tasks | {FULL} feedEnabled mruEnabled compactLayoutable",
    f"""
Id                      id              d    Activity ID
WhoId                   reference       ncu  Name ID; to=Who:Contact,Lead<Tasks!
WhatId                  reference       ncu  Related To ID; to=What:Account,Opportunity<Tasks!
Subject                 combobox:255    ncum Subject; values=task_subject
ActivityDate            date            ncu  Due Date Only
Status                  picklist:40     cud  Status; values=task_status; default=Not Started
Priority                picklist:40     cud  Priority; values=task_priority; default=Normal
IsHighPriority          boolean         d    High Priority
OwnerId                 reference       cud  Assigned To ID; to=Owner:User
Description             textarea:32000  ncu  Description
IsDeleted               boolean         d    Deleted
AccountId               reference       n    Account ID; to=Account:Account
IsClosed                boolean         d    Closed
{AUDIT}
IsArchived              boolean         d    Archived
CallDurationInSeconds   int:8           ncu  Call Duration
CallType                picklist:40     ncur Call Type; values=call_type
CallDisposition         string:255      ncu  Call Result
CallObject              string:255      ncu  Call Object Identifier
ReminderDateTime        datetime        ncu  Reminder Date/Time
IsReminderSet           boolean         cud  Reminder Set
TaskSubtype             picklist:40     ncr  Task Subtype; values=task_subtype
CompletedDateTime       datetime        n    Completed Date/Time
""",
)

EVENT = (
    f"Event | event | Event | Events | {FULL} feedEnabled mruEnabled compactLayoutable",
    f"""
Id                      id              d    Activity ID
WhoId                   reference       ncu  Name ID; to=Who:Contact,Lead<Events!
WhatId                  reference       ncu  Related To ID; to=What:Account,Opportunity<Events!
Subject                 combobox:255    ncum Subject; values=task_subject
Location                string:255      ncu  Location
IsAllDayEvent           boolean         cud  All-Day Event
ActivityDateTime        datetime        ncu  Due Date Time
ActivityDate            date            ncu  Due Date Only
DurationInMinutes       int:8           ncu  Duration
StartDateTime           datetime        ncu  Start Date Time
EndDateTime             datetime        ncu  End Date Time
Description             textarea:32000  ncu  Description
AccountId               reference       n    Account ID; to=Account:Account
OwnerId                 reference       cud  Assigned To ID; to=Owner:User
IsPrivate               boolean         cud  Private
ShowAs                  picklist:40     ncudr Show Time As; values=show_as; default=Busy
IsDeleted               boolean         d    Deleted
{AUDIT}
IsArchived              boolean         d    Archived
EventSubtype            picklist:40     ncr  Event Subtype; values=event_subtype
""",
)
