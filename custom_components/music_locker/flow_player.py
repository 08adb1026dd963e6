"""The forms of a player: its name, its speaker, and whether Assist should know the speaker too."""

from typing import Any

import probatio
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_NAME, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import BooleanSelector, EntitySelector, EntitySelectorConfig, TextSelector

from .const import CONF_UNEXPOSED, DOMAIN, EntryKind
from .exposure import expose_again, follow_area, is_exposed, unexpose
from .flow_base import EntryFlow
from .speaker import Speaker

CONF_UNEXPOSE = "unexpose"

_ASSIST_SCHEMA = probatio.Schema({probatio.Required(CONF_UNEXPOSE, default=True): BooleanSelector()})


class PlayerFlow(EntryFlow):
    """Ask for names and speakers of players."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._name = ""
        self._target: str | None = None

    async def async_step_player(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a player's name and speaker."""
        return await self._step_name_and_speaker("player", user_input, user_input)

    async def async_step_reconfigure_player(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another name or speaker."""
        entry = self._get_reconfigure_entry()
        now = {CONF_NAME: entry.title, CONF_TARGET: entry.data.get(CONF_TARGET)}
        return await self._step_name_and_speaker("reconfigure_player", user_input, user_input or now)

    async def _step_name_and_speaker(
        self, step_id: str, user_input: dict[str, Any] | None, suggested: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            self._name = user_input[CONF_NAME].strip()
            self._target = user_input.get(CONF_TARGET)
            if self._name:
                return await self._step_after_speaker()
            errors[CONF_NAME] = "name_empty"
        schema = probatio.Schema(
            {
                probatio.Required(CONF_NAME): TextSelector(),
                probatio.Optional(CONF_TARGET): EntitySelector(
                    EntitySelectorConfig(
                        filter={
                            "domain": MEDIA_PLAYER_DOMAIN,
                            "supported_features": ["media_player.MediaPlayerEntityFeature.PLAY_MEDIA"],
                        },
                        exclude_entities=_own_media_players(self.hass),
                    )
                ),
            }
        )
        return self.async_show_form(
            step_id=step_id, data_schema=self.add_suggested_values_to_schema(schema, suggested), errors=errors
        )

    async def _step_after_speaker(self) -> ConfigFlowResult:
        if self._target is not None:
            self._async_abort_entries_match({CONF_TARGET: self._target})
            if is_exposed(self.hass, self._target):
                return await self.async_step_assist()
        return self._finish(unexposed=False)

    async def async_step_assist(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer that Assist knows the player only: with two players in an area it would have to ask which."""
        target = self._target
        assert target is not None  # noqa: S101 - this step comes after a speaker was chosen
        if user_input is None:
            return self.async_show_form(
                step_id="assist",
                data_schema=_ASSIST_SCHEMA,
                description_placeholders={"speaker": Speaker(self.hass, target).name},
            )
        self._async_abort_entries_match({CONF_TARGET: target})  # another flow may have been faster
        if user_input[CONF_UNEXPOSE]:
            unexpose(self.hass, target)
        return self._finish(unexposed=user_input[CONF_UNEXPOSE])

    def _finish(self, *, unexposed: bool) -> ConfigFlowResult:
        """Make the entry, or change it; ``unexposed`` tells that the speaker was hidden from Assist now."""
        data: dict[str, Any] = {} if self._target is None else {CONF_TARGET: self._target}
        if unexposed:
            data[CONF_UNEXPOSED] = True
        if self.source != SOURCE_RECONFIGURE:
            return self.create_entry(EntryKind.PLAYER, self._name, data)
        entry = self._get_reconfigure_entry()
        before = entry.data.get(CONF_TARGET)
        if before == self._target:
            data = {CONF_UNEXPOSED: entry.data[CONF_UNEXPOSED], **data} if CONF_UNEXPOSED in entry.data else data
        else:
            expose_again(self.hass, entry)
            follow_area(self.hass, entry, before, self._target)
        kept = {key: value for key, value in entry.data.items() if key not in {CONF_TARGET, CONF_UNEXPOSED}}
        return self.async_update_reload_and_abort(entry, title=self._name, data={**kept, **data})


@callback
def _own_media_players(hass: HomeAssistant) -> list[str]:
    """Return our own entities: a player that played to one of them could play to itself."""
    return [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.domain == MEDIA_PLAYER_DOMAIN
    ]
