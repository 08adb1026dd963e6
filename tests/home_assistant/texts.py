"""The component's texts, and whether what is shown has one."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import FlowResultType, section

COMPONENT = Path(__file__).parents[2] / "custom_components" / "music_locker"
TEXTS: dict[str, Any] = json.loads((COMPONENT / "translations" / "en.json").read_text(encoding="utf-8"))


def assert_has_texts(result: ConfigFlowResult, flow: str = "config") -> None:
    """Check that whatever a step of a flow shows has a text."""
    config = TEXTS[flow]
    match result["type"]:
        case FlowResultType.MENU:
            assert list(config["step"][result["step_id"]]["menu_options"]) == result["menu_options"]
        case FlowResultType.FORM:
            step = config["step"][result["step_id"]]
            schema = result["data_schema"]
            assert schema is not None
            for key, value in schema.schema.items():
                if isinstance(value, section):
                    _assert_fields_have_texts(step["sections"][str(key)], value.schema.schema)
            plain = [key for key, value in schema.schema.items() if not isinstance(value, section)]
            _assert_fields_have_texts(step, plain)
            assert set((result["errors"] or {}).values()) <= set(config.get("error", {}))
        case FlowResultType.ABORT:
            assert result["reason"] in config["abort"]


def _assert_fields_have_texts(texts: dict[str, Any], fields: Any) -> None:
    names = {str(getattr(key, "schema", key)) for key in fields}
    assert names == set(texts["data"]) == set(texts["data_description"])
