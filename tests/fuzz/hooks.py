"""Faults of a request that no schema could have told beforehand are no failures.

scripts/test has Schemathesis load it.
"""

import json

import schemathesis

# What a schema can say: a request that keeps to the contract may not be told so. The other kinds of faults are about
# more than a schema sees: a password that is wrong, a cursor of another list, a date after another one, a zone that
# nobody knows.
A_SCHEMA_TELLS = {
    "required", "unknown_field", "read_only", "wrong_type", "too_long", "too_short", "too_many", "duplicate",
}
# A table says when a cramp began in one column or in two, and in its first line what its columns are called. A schema that
# said so would be one that generators of clients stumble over.
NO_SCHEMA_TELLS = {
    ("importCsv", "required", pointer)
    for pointer in ("/csv", "/columns/started_at", "/columns/date", "/columns/time")
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether it stays a failure."""
    if "positive_data_acceptance" in failure.checks and response.status_code in {400, 422}:
        return any(could_be_told(fault, case) for fault in faults(json.loads(response.content)))
    return True


def faults(told):
    """The faults that a problem tells of, or FHIR's way to tell of one."""
    if told.get("resourceType") == "OperationOutcome":
        pairs = [(issue["details"]["coding"], issue["diagnostics"]) for issue in told["issue"]]
        return [{"code": coding[-1]["code"], "pointer": "/" + text.split(":")[0]} for coding, text in pairs]
    # What can't be read at all has none.
    return told.get("errors", [{"code": "required", "pointer": ""}])


def could_be_told(fault, case):
    operation = case.operation.definition.raw["operationId"]
    if (operation, fault["code"], fault["pointer"]) in NO_SCHEMA_TELLS:
        return False
    # How many rows there are already is in no request.
    if (fault["code"], fault["pointer"]) == ("too_many", ""):
        return False
    value = value_at(fault["pointer"], case)
    # A schema has bounds for numbers, and none for dates.
    if fault["code"] == "out_of_range":
        return isinstance(value, (int, float))
    # A schema counts the characters that were sent; the service counts those that are left without spaces at the ends
    # and after normalization.
    if fault["code"] in {"too_short", "too_long"} and isinstance(value, str):
        return value.isascii() and value.isprintable() and value == value.strip()
    return fault["code"] in A_SCHEMA_TELLS


def value_at(pointer, case):
    """What was sent there, in the body or in the query."""
    path = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for value in (case.body, case.query):
        for part in path:
            if isinstance(value, list):
                value = value[int(part)] if int(part) < len(value) else None
            else:
                value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None
