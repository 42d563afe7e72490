"""What one version of the API takes away from the one before it, read from their OpenAPI documents."""

from typing import Any


def breaks(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """List what a client of the document before would miss in the one after it."""
    found = []
    for path, methods in before["paths"].items():
        for method, told in methods.items():
            now = after["paths"].get(path, {}).get(method)
            if now is None:
                found.append(f"{method.upper()} {path} is gone")
                continue
            found += _lost_answers(f"{method.upper()} {path}", told, now, before, after)
            found += _stricter_requests(f"{method.upper()} {path}", told, now)
    return found


def _lost_answers(place: str, told: Any, now: Any, before: Any, after: Any) -> list[str]:
    gone = [f"{place} does not tell of status {code} any more" for code in told["responses"].keys() - now["responses"]]
    for code in told["responses"].keys() & now["responses"].keys():
        old, new = _fields(told["responses"][code], before), _fields(now["responses"][code], after)
        gone += [f"{place} answers {code} without {name}" for name in sorted(old.keys() - new.keys())]
        gone += [f"{place} answers {code} with another {n}" for n in sorted(old.keys() & new) if old[n] != new[n]]
    return sorted(gone)


def _fields(response: Any, document: Any) -> dict[str, Any]:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {name: field.get("type", field.get("anyOf")) for name, field in schema.get("properties", {}).items()}


def _stricter_requests(place: str, told: Any, now: Any) -> list[str]:
    old, new = (r.get("requestBody", {}).get("content", {}) for r in (told, now))
    gone = [f"{place} does not take {kind} any more" for kind in sorted(old.keys() - new.keys())]
    for kind in old.keys() & new.keys():
        lost = [shape for shape in _shapes(old[kind]) if shape not in _shapes(new[kind])]
        gone += [f"{place} does not take {', '.join(needed) or kind} any more" for needed, _ in lost]
    return gone


def _shapes(content: Any) -> list[tuple[tuple[str, ...], Any]]:
    schema = content["schema"]
    return [(tuple(sorted(one.get("required", ()))), one.get("type")) for one in schema.get("oneOf", [schema])]
