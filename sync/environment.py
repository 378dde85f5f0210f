"""What stands in environment variables: where the CRMs are, who reads, and apart from that who writes."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """What stands in environment variables; secrets stand nowhere else."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, case_sensitive=False)

    hubspot_access_token: SecretStr = SecretStr("")
    hubspot_base_url: str = "https://api.hubapi.com"
    salesforce_instance_url: str = ""
    salesforce_client_id: str = ""
    salesforce_client_secret: SecretStr = SecretStr("")
    salesforce_username: str = ""
    salesforce_private_key_file: Path | None = None
    revops_ca_bundle: str = ""
    revops_state: Path = Path(".revops")
    revops_config: Path = Path("config/revops.yaml")
    revops_read_only: bool = False
    revops_database_url: SecretStr = SecretStr("")
    slack_webhook_url: SecretStr = SecretStr("")
    revops_webhook_url: SecretStr = SecretStr("")
    revops_smtp_url: SecretStr = SecretStr("")
    revops_gate_url: str = ""
    revops_gate_token: SecretStr = SecretStr("")
    revops_hubspot_webhook_secrets: SecretStr = SecretStr("")
    revops_salesforce_webhook_secrets: SecretStr = SecretStr("")
    revops_salesforce_outbound_paths: SecretStr = SecretStr("")


class Secrets(BaseModel):
    """The writers' credentials, apart from all else: no read-only process ever takes them in."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    hubspot_write_token: SecretStr = SecretStr("")
    salesforce_write_client_id: str = ""
    salesforce_write_client_secret: SecretStr = SecretStr("")
    salesforce_write_username: str = ""
    salesforce_write_private_key_file: Path | None = None
