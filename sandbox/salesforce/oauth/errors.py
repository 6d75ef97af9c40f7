"""What Salesforce's sign-in refuses."""


class OAuthError(Exception):
    """A refused call of the sign-in: OAuth's code and Salesforce's words."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status
