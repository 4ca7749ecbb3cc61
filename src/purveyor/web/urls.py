"""The tree of addresses. Every page but the doors stands behind the sign-in (``web.middleware``)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from purveyor.web.pages import account, audit, doors, health, people, today

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
    path("documents/<int:document_id>/", today.today, name="document"),
    path("orders/<int:order_id>/", today.today, name="order"),
    path("search/", today.today, name="search"),
    path("orders/", today.today, name="orders"),
    path("documents/", today.today, name="documents"),
    path("profiles/", today.today, name="profiles"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="person-add"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/<int:user_id>/give/", people.give, name="person-give"),
    path("people/<int:user_id>/take/<int:grant_id>/", people.take, name="person-take"),
    path("people/<int:user_id>/password/", people.password, name="person-password"),
    path("people/<int:user_id>/shut-out/", people.shut_out, name="person-shut-out"),
    path("people/<int:user_id>/let-in/", people.let_in, name="person-let-in"),
    path("people/<int:user_id>/second-factor/off/", people.second_factor_off, name="person-second-factor-off"),
    path("people/<int:user_id>/tokens/<int:token_id>/revoke/", people.token_revoke, name="person-token-revoke"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
    path("audit/<str:kind>/<str:object_id>/", audit.history, name="history"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.read_metrics, name="metrics"),
]
