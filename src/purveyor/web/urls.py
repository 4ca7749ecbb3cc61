"""The tree of addresses. Every page but the doors stands behind the sign-in (``web.middleware``)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from purveyor.web.pages import account, doors, today

handler404 = "purveyor.web.errors.not_found"
handler500 = "purveyor.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("setup/", doors.setup, name="setup"),
    path("sign-in/", doors.sign_in, name="sign-in"),
    path("sign-in/code/", doors.second_factor, name="second-factor"),
    path("sign-out/", doors.sign_out, name="sign-out"),
    path("look/", account.look, name="look"),
    path("language/", account.language, name="language"),
    path("scope/", account.scope, name="scope"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/second-factor/", account.second_factor, name="my-second-factor"),
    path("account/second-factor/off/", account.second_factor_off, name="my-second-factor-off"),
    path("account/tokens/new/", account.token, name="my-token"),
    path("account/tokens/<int:token_id>/revoke/", account.token_revoke, name="my-token-revoke"),
    path("search/", today.today, name="search"),
    path("orders/", today.today, name="orders"),
    path("documents/", today.today, name="documents"),
    path("profiles/", today.today, name="profiles"),
    path("people/", today.today, name="people"),
    path("audit/", today.today, name="audit"),
]
