"""Vendor Transaction Status v1 (model vendorTransactionStatus.json; FACTS §5.4)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from purveyor.simulator.spapi.call import Call
from purveyor.simulator.spapi.envelope import Bad, payload
from purveyor.simulator.wire import encode


def get_transaction(call: Call) -> Response:
    """What became of a submission: Processing, or Failure with its errors. Good acknowledgements never say Success."""
    found = call.world.transaction(call.path["transactionId"], call.account)
    if found is None:
        raise Bad(404, "ResourceNotFound", "There is no such transaction.")
    body: dict[str, Any] = {"transactionId": found.id, "status": found.status}
    if found.errors:
        body["errors"] = found.errors
    return payload(encode({"transactionStatus": body}))
