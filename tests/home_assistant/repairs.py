"""Issues, and the flows that mend them as the frontend goes through them; each must have its texts."""

from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS_DOMAIN
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from custom_components.music_locker.const import DOMAIN

from .texts import TEXTS


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return what is told now by its translation key; each must have its texts."""
    found: dict[str, ir.IssueEntry] = {}
    for issue in ir.async_get(hass).issues.values():
        if issue.domain == DOMAIN and issue.active:
            assert issue.translation_key is not None
            texts = TEXTS["issues"][issue.translation_key]
            assert ("fix_flow" if issue.is_fixable else "description") in texts
            texts["title"].format(**issue.translation_placeholders or {})
            found[issue.translation_key] = issue
    return found


class Repair:
    """Go through the flow that mends an issue, as the frontend does."""

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        self._hass = hass
        self._flows: RepairsFlowManager = hass.data[REPAIRS_DOMAIN]["flow_manager"]
        self._issue = issues(hass)[key]
        self._texts = TEXTS["issues"][key]["fix_flow"]

    async def open(self) -> Any:
        issue_id = self._issue.issue_id
        form = await self._flows.async_init(DOMAIN, data={"issue_id": issue_id}, context={"issue_id": issue_id})
        self._check(form)
        return form

    async def fill_in(self, form: Any, **values: Any) -> Any:
        result = await self._flows.async_configure(form["flow_id"], values)
        await self._hass.async_block_till_done()
        self._check(result)
        return result

    def _check(self, form: Any) -> None:
        if form["type"] is FlowResultType.FORM:
            step = self._texts["step"][form["step_id"]]
            step["description"].format(**form["description_placeholders"] or {})
            assert {str(key) for key in form["data_schema"].schema} == set(step.get("data", {}))
            assert set((form["errors"] or {}).values()) <= set(self._texts.get("error", {}))
