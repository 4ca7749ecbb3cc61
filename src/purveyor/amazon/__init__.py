"""The wire to Amazon, usable alone: no framework, no database, no settings.

Give it four credentials and the addresses of a region, and it signs in, keeps to Amazon's limits, and reads what comes.
For the real Amazon take the addresses from ``regions``: ``MARKETPLACES["DE"].endpoint.production`` and ``LOGIN_URL``.
Here they lead to a pretended Amazon on this machine:

>>> from datetime import UTC, datetime, timedelta
>>> from purveyor.amazon.client import Client
>>> from purveyor.amazon.login import Grant
>>> from purveyor.amazon.messages.orders import read_order
>>> from purveyor.amazon.operations.orders import purchase_order_pages
>>> from purveyor.amazon.transport import HttpTransport

>>> client = Client(
...     grant=Grant("my-client-id", ("my-client-secret",), "my-refresh-token"),
...     endpoint=pretended_amazon,
...     login_url=pretended_amazon + "/auth/o2/token",
...     transport=HttpTransport(),
... )
>>> until = datetime(2026, 9, 7, tzinfo=UTC)
>>> pages = purchase_order_pages(client, created_after=until - timedelta(days=7), created_before=until)
>>> for page in pages:
...     for raw in page.orders:
...         order = read_order(raw)
...         print(order.purchase_order_number, order.purchase_order_state)
1ABCDEFG New
2ABCDEFG Acknowledged
3ABCDEFG New
>>> pages.stopped == ""
True

Errors form one tree, drawn at the top of ``errors``; each carries the operation, Amazon's request id and a remedy, and
``errors.arrived`` tells whether a submission may have taken effect.
"""
