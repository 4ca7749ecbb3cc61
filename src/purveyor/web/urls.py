"""The tree of addresses. Every page but the doors stands behind the sign-in (``web.middleware``)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from purveyor.web.pages import (
    account,
    alerts,
    asides,
    audit,
    documents,
    doors,
    health,
    order,
    orders,
    orders_bulk,
    orders_export,
    people,
    profile_check,
    profile_more,
    profile_secrets,
    profile_settings,
    profiles,
    runs,
    search,
    today,
    wizard,
)

handler400 = "purveyor.web.errors.not_understood"
handler404 = "purveyor.web.errors.not_found"
handler500 = "purveyor.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    # doors
    path("setup/", doors.setup, name="setup"),
    path("sign-in/", doors.sign_in, name="sign-in"),
    path("sign-in/code/", doors.second_factor, name="second-factor"),
    path("sign-out/", doors.sign_out, name="sign-out"),
    # one's own
    path("look/", account.look, name="look"),
    path("language/", account.language, name="language"),
    path("scope/", account.scope, name="scope"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/second-factor/", account.second_factor, name="my-second-factor"),
    path("account/second-factor/off/", account.second_factor_off, name="my-second-factor-off"),
    path("account/tokens/new/", account.token, name="my-token"),
    path("account/tokens/<int:token_id>/revoke/", account.token_revoke, name="my-token-revoke"),
    # orders
    path("orders/", orders.orders, name="orders"),
    re_path(r"^orders/export\.(?P<form>csv|json)$", orders_export.export, name="orders-export"),
    path("orders/acknowledge/", orders_bulk.acknowledge, name="orders-acknowledge"),
    path("orders/aside/", asides.asides, name="asides"),
    path("orders/aside/<int:aside_id>/", asides.aside, name="aside"),
    path("orders/<int:order_id>/", order.order, name="order"),
    path("orders/<int:order_id>/answer/", order.answer, name="order-answer"),
    path("orders/<int:order_id>/versions/<str:kind>/<int:number>/", order.version, name="order-version"),
    # documents
    path("documents/", documents.documents, name="documents"),
    path("documents/hold/", documents.hold, name="sending-hold"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/resolve/", documents.resolve, name="document-resolve"),
    path("documents/<int:document_id>/withdraw/", documents.withdraw, name="document-withdraw"),
    # alerts
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:alert_id>/take/", alerts.take, name="alert-take"),
    path("alerts/<int:alert_id>/close/", alerts.close, name="alert-close"),
    # profiles
    path("profiles/", profiles.profiles, name="profiles"),
    path("connect/", wizard.begin, name="wizard-begin"),
    path("connect/at-once/", profiles.add, name="profile-add"),
    path("connect/<int:draft_id>/", wizard.resume, name="wizard"),
    path("connect/<int:draft_id>/discard/", wizard.discard, name="wizard-discard"),
    path("connect/<int:draft_id>/<str:key>/", wizard.step, name="wizard-step"),
    path("connect/<int:draft_id>/<str:key>/look/", wizard.look, name="wizard-look"),
    path("connect/started/<str:name>/", wizard.started, name="wizard-started"),
    path("connect/started/<str:name>/part/", wizard.started_part, name="wizard-started-part"),
    path("profiles/<str:name>/", profiles.profile, name="profile"),
    path("profiles/<str:name>/sending/", profiles.sending, name="profile-sending"),
    path("profiles/<str:name>/importing/", profiles.importing, name="profile-importing"),
    path("profiles/<str:name>/check/", profile_check.check, name="profile-check"),
    path("profiles/<str:name>/secret/", profile_secrets.secret, name="profile-secret"),
    path("profiles/<str:name>/secret-age/", profile_secrets.secret_age, name="profile-secret-age"),
    path("profiles/<str:name>/parties/", profile_more.parties, name="profile-parties"),
    path("profiles/<str:name>/reading-status/", profile_more.reading_status, name="profile-reading-status"),
    path("profiles/<str:name>/history/", profile_more.history, name="profile-history"),
    path("profiles/<str:name>/disconnect/", profile_more.disconnect, name="profile-disconnect"),
    path("profiles/<str:name>/settings/", profile_settings.settings, name="profile-settings"),
    path("profiles/<str:name>/settings/<str:setting>/", profile_settings.setting, name="profile-setting"),
    path(
        "profiles/<str:name>/settings/<str:setting>/<int:number>/withdraw/",
        profile_settings.withdraw,
        name="profile-setting-withdraw",
    ),
    path("profiles/<str:name>/sync/", profiles.sync, name="profile-sync"),
    path("profiles/<str:name>/backfill/", profiles.backfill, name="profile-backfill"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/part/", runs.progress, name="run-part"),
    path("runs/<int:run_id>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<int:run_id>/resume/", runs.resume, name="run-resume"),
    # people
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
    # audit
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
    path("audit/<str:kind>/<str:object_id>/", audit.history, name="history"),
    # for machines; by name, because neither of the two packages may import the other
    path("api/", include("purveyor.api.v1")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.read_metrics, name="metrics"),
]
