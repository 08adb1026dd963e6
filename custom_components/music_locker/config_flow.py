"""The forms: a menu of services, then what each kind of entry needs."""

import errno
import itertools
import secrets
from asyncio import Protocol
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final, override

import probatio
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import slugify

from .const import (
    CONF_KIND,
    CONF_LIVE_TOKEN,
    CONF_PLAYER_ID,
    CONF_SERVICE,
    CONF_SETTINGS,
    DOMAIN,
    EntryKind,
)
from .core.lockers import ADAPTERS
from .forms import clean, settings_schema, try_login, unique_id, value_errors

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 6600
DEFAULT_PLAYER: Final = "default"  # MPD's name for the partition that every server has

_MPD_SERVER_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_HOST, default=DEFAULT_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_PORT): NumberSelector(
            NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
        ),
        probatio.Optional(probatio.Secret(CONF_PASSWORD)): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        ),
    }
)


class MusicLockerConfigFlow(ConfigFlow, domain=DOMAIN):
    """Make an entry for a locker, a player or the MPD server."""

    VERSION = 1

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to add."""
        return self.async_show_menu(
            step_id="user", menu_options=[*ADAPTERS, EntryKind.PLAYER.value, EntryKind.MPD_SERVER.value]
        )

    async def async_step_mp3tunes(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for an MP3tunes account."""
        return await self._step_locker("mp3tunes", user_input)

    async def _step_locker(self, service: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for what a service needs, and log in with it."""
        adapter_class = ADAPTERS[service]
        fields = adapter_class.info.settings
        errors: dict[str, str] = {}
        if user_input is not None:
            settings = clean(fields, user_input)
            errors = value_errors(fields, settings)
            if not errors:
                account, errors = await try_login(self.hass, adapter_class, settings)
                if account is not None:
                    await self.async_set_unique_id(unique_id(service, settings, account))
                    self._abort_if_unique_id_configured()
                    title = self._free_title(adapter_class.info.title, account.name)
                    return self._create_entry(EntryKind.LOCKER, title, {CONF_SERVICE: service, CONF_SETTINGS: settings})
        return self.async_show_form(
            step_id=service,
            data_schema=self.add_suggested_values_to_schema(settings_schema(fields), user_input),
            errors=errors,
        )

    async def async_step_player(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a player's name and speaker."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = user_input[CONF_NAME].strip()
            speaker = user_input.get(CONF_TARGET)
            if not name:
                errors[CONF_NAME] = "name_empty"
            else:
                if speaker is not None:
                    self._async_abort_entries_match({CONF_TARGET: speaker})
                return self._create_entry(EntryKind.PLAYER, name, {} if speaker is None else {CONF_TARGET: speaker})
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
            step_id="player", data_schema=self.add_suggested_values_to_schema(schema, user_input), errors=errors
        )

    async def async_step_mpd_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the MPD server listens; any address but the own machine's needs a password."""
        errors: dict[str, str] = {}
        suggested = user_input
        if user_input is not None:
            host, port, password = (
                user_input[CONF_HOST].strip(),
                int(user_input[CONF_PORT]),
                user_input.get(CONF_PASSWORD),
            )
            self._async_abort_entries_match({CONF_KIND: EntryKind.MPD_SERVER, CONF_PORT: port})
            if not password and not _is_loopback(host):
                errors[CONF_PASSWORD] = "password_required"
                suggested = {**user_input, CONF_PASSWORD: secrets.token_urlsafe(9)}
            elif (error := await _listen_error(self.hass, host, port)) is not None:
                errors["base"] = error
            else:
                data = {CONF_HOST: host, CONF_PORT: port}
                if password:
                    data[CONF_PASSWORD] = password
                title = self._free_title("MPD server", f"port {port}")
                return self._create_entry(EntryKind.MPD_SERVER, title, data)
        return self.async_show_form(
            step_id="mpd_server",
            data_schema=self.add_suggested_values_to_schema(_MPD_SERVER_SCHEMA, suggested),
            errors=errors,
        )

    async def async_step_reauth(self, _: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for new secrets: the service refused the ones we have."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new secrets of the same account."""
        entry = self._get_reauth_entry()
        adapter_class = ADAPTERS[entry.data[CONF_SERVICE]]
        fields = [setting for setting in adapter_class.info.settings if setting.secret]
        errors: dict[str, str] = {}
        if user_input is not None:
            new = clean(fields, user_input)
            settings = {**entry.data[CONF_SETTINGS], **new}
            errors = value_errors(fields, new)
            if not errors:
                account, errors = await try_login(self.hass, adapter_class, settings)
                if account is not None:
                    await self.async_set_unique_id(unique_id(entry.data[CONF_SERVICE], settings, account))
                    self._abort_if_unique_id_mismatch(reason="wrong_account")
                    return self.async_update_reload_and_abort(entry, data_updates={CONF_SETTINGS: settings})
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=settings_schema(fields),
            errors=errors,
            description_placeholders={"name": entry.title},
        )

    def _create_entry(self, kind: EntryKind, title: str, data: dict[str, Any]) -> ConfigFlowResult:
        """Make an entry with a player of its own; the token is what its live stream's URL is guarded by."""
        return self.async_create_entry(
            title=title,
            data={
                CONF_KIND: kind.value,
                CONF_PLAYER_ID: self._free_player_id(kind, title),
                CONF_LIVE_TOKEN: secrets.token_urlsafe(16),
                **data,
            },
        )

    def _free_title(self, title: str, detail: str) -> str:
        """Return a title that no entry has yet, with the detail only where it is needed."""
        taken = {entry.title for entry in self._async_current_entries()}
        return f"{title} ({detail})" if title in taken else title

    def _free_player_id(self, kind: EntryKind, title: str) -> str:
        """Return an id that MPD takes for a partition and that no entry has; ``default`` is the MPD server's."""
        taken = {entry.data[CONF_PLAYER_ID] for entry in self._async_current_entries()}
        slug = DEFAULT_PLAYER if kind is EntryKind.MPD_SERVER else slugify(title)
        if kind is not EntryKind.MPD_SERVER:
            taken.add(DEFAULT_PLAYER)
        candidates = itertools.chain([slug], (f"{slug}_{number}" for number in itertools.count(2)))
        return next(candidate for candidate in candidates if candidate not in taken)


@callback
def _own_media_players(hass: HomeAssistant) -> list[str]:
    """Return our own entities: a player that played to one of them could play to itself."""
    return [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.domain == MEDIA_PLAYER_DOMAIN
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _listen_error(hass: HomeAssistant, host: str, port: int) -> str | None:
    """Try to listen there, and return the form's error."""
    try:
        server = await hass.loop.create_server(Protocol, host, port)
    except OSError as error:
        return "port_in_use" if error.errno == errno.EADDRINUSE else "cannot_listen"
    server.close()
    await server.wait_closed()
    return None
