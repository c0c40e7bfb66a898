"""Lets the site of validation reports be read inside Airflow: behind its log-in and its rules of access.

Imported by the API server only; Airflow does not protect what a plugin serves, so all of that is here.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from airflow.api_fastapi.app import API_BASE_URL, API_ROOT_PATH, get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.auth.tokens import get_signing_key
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from airflow.models.dag import DagModel
from fastapi import FastAPI, HTTPException, Request

from redress.paths import Home
from redress.reports.serving import Right, Visitor, create_app

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.base_auth_manager import ResourceMethod

PREFIX = "redress"
DAG = "nightly_load"
"""Whoever may read this DAG may read what its checks found, and whoever may edit it may accept warnings."""

METHODS: "dict[Right, ResourceMethod]" = {"read": "GET", "accept": "PUT"}


class AirflowGate:
    """Airflow's log-in, asked in the words of redress.reports.serving."""

    hosts = frozenset({urlsplit(API_BASE_URL).netloc})

    async def visitor(self, request: Request) -> Visitor | None:
        """Whoever Airflow takes the sender for, by its cookie or a token in the Authorization header."""
        try:
            user = await get_user(request, bearer_credentials=await bearer_scheme(request))
        except HTTPException:  # none, expired, revoked, or signed before the key was changed
            return None
        return Visitor(str(user.get_id()), user.get_name() or str(user.get_id()), user)

    def may(self, visitor: Visitor, right: Right) -> bool:
        """As the auth manager says, whichever is configured."""
        details = DagDetails(id=DAG, team_name=DagModel.get_team_name(DAG))
        return get_auth_manager().is_authorized_dag(method=METHODS[right], details=details, user=visitor.account)

    def login_address(self, back: str) -> str:
        """Airflow's own, which knows where its auth manager lets people log in."""
        return f"{API_ROOT_PATH}api/v2/auth/login?{urlencode({'next': f'{API_ROOT_PATH}{PREFIX}/{back}'})}"

    def secret(self) -> str:
        """The key with which the API server signs its own tokens."""
        return get_signing_key("api", "secret_key")


def site_app() -> FastAPI:
    """The application for Airflow to mount under PREFIX."""
    return create_app(Home.from_environment(), AirflowGate())
