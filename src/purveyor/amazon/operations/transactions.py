"""What became of a submission (vendor transaction status v1, FACTS §5.4)."""

from __future__ import annotations

from purveyor.amazon.client import Client, Operation
from purveyor.amazon.messages import transactions
from purveyor.amazon.messages.transactions import Transaction

GET_TRANSACTION = Operation(
    "getTransaction", "GET", "/vendor/transactions/v1/transactions/{transactionId}", transactions.read
)


def get_transaction(client: Client, transaction_id: str) -> Transaction:
    """The outcome so far. Raises NotFoundAtAmazon for an id of another API family."""
    return client.call(GET_TRANSACTION, path={"transactionId": transaction_id}).content
