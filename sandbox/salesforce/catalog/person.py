"""What accounts, contacts and leads have besides where person accounts are turned on."""

from sandbox.salesforce.catalog.shared import address

# A field of the account and the field of its contact that always holds the same.
TWINS = {
    **{name: name for name in ("LastName", "FirstName", "Salutation")},
    **{f"Person{name}": name for name in (
        "Email", "Title", "Department", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone", "AssistantName",
        "LeadSource", "Birthdate", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall",
        "EmailBouncedReason", "EmailBouncedDate",
        *(f"{place}{part}" for place in ("Mailing", "Other") for part in (
            "Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude", "GeocodeAccuracy")),
    )},
    "Phone": "Phone",
    "Fax": "Fax",
}  # fmt: skip

ACCOUNT = f"""
Name                    string:255      ncum Account Name
LastName                string:80       ncu  Last Name; in=Name
FirstName               string:40       ncu  First Name; in=Name
Salutation              picklist:40     ncu  Salutation; in=Name; values=salutation
PersonContactId         reference       n    Contact ID; to=PersonContact:Contact
IsPersonAccount         boolean         d    Is Person Account
{address("PersonMailing", "Mailing")}
{address("PersonOther", "Other")}
PersonMobilePhone       phone:40        ncu  Mobile
PersonHomePhone         phone:40        ncu  Home Phone
PersonOtherPhone        phone:40        ncu  Other Phone
PersonAssistantPhone    phone:40        ncu  Asst. Phone
PersonEmail             email:80        ncul Email
PersonTitle             string:80       ncu  Title
PersonDepartment        string:80       ncu  Department
PersonAssistantName     string:40       ncu  Assistant
PersonLeadSource        picklist:255    ncu  Lead Source; values=source
PersonBirthdate         date            ncu  Birthdate
PersonHasOptedOutOfEmail boolean        cud  Email Opt Out
PersonHasOptedOutOfFax  boolean         cud  Fax Opt Out
PersonDoNotCall         boolean         cud  Do Not Call
PersonEmailBouncedReason string:255     ncu  Email Bounced Reason
PersonEmailBouncedDate  datetime        ncu  Email Bounced Date
"""

PERSON_LINES = {
    "Account": [line for line in ACCOUNT.splitlines() if line.strip()],
    "Contact": ["IsPersonAccount boolean d Is Person Account"],
    "Lead": ["Company string:255 ncu Company"],
}
