"""Taking a new configuration while everything runs: lockers and players come, go and change; addresses stay."""

import logging
from collections.abc import Callable
from typing import Final

import aiohttp

from music_locker_core.errors import AuthenticationError, LockerError
from music_locker_core.hub import Core

from .config import Config, LockerConfig, PlayerConfig
from .logins import adapter_of, log_in, with_advice

_LOGGER = logging.getLogger(__name__)
_NEEDING_A_RESTART: Final = {"state_directory": "[state]", "mpd": "[mpd]", "http": "[http]"}


class Reloader:
    """Bring what runs to what a configuration says, one change after the other."""

    def __init__(self, core: Core, config: Config, session: aiohttp.ClientSession, changed: Callable[[], None]) -> None:
        """Begin with what ``config`` has made; ``changed`` is called after each reload."""
        self._core = core
        self._started = config
        self._session = session
        self._changed = changed
        self._lockers = {locker.name: locker for locker in config.lockers}
        self._players = {player.id: player for player in config.players}

    async def reload(self, config: Config) -> None:
        """Apply a checked configuration, and log what changed.

        A locker whose service refuses its new credentials stays as it was.
        """
        done = [*await self._apply_lockers(config), *await self._apply_players(config)]
        self._changed()
        _LOGGER.info("Configuration read again: %s", ", ".join(done) or "no locker and no player is different")
        for field, table in _NEEDING_A_RESTART.items():
            if getattr(config, field) != getattr(self._started, field):
                _LOGGER.warning("%s has changed: restart the bridge to use it", table)

    # Lockers

    async def _apply_lockers(self, config: Config) -> list[str]:
        done: list[str] = []
        wanted = {locker.name: locker for locker in config.lockers}
        for name in self._lockers.keys() - wanted.keys():
            await self._core.remove_locker(name)
            del self._lockers[name]
            done.append(f"locker {name} removed")
        for name, locker in wanted.items():
            before = self._lockers.get(name)
            if before != locker and await self._open(locker):
                self._lockers[name] = locker
                done.append(f"locker {name} {'added' if before is None else 'changed'}")
        return done

    async def _open(self, locker: LockerConfig) -> bool:
        """Log in and put the locker into its place, or leave what is there and tell why."""
        adapter = adapter_of(locker, self._session)
        try:
            await log_in(adapter)
        except AuthenticationError as error:
            await adapter.close()
            rest = "stays as it was" if locker.name in self._lockers else "is left out"
            _LOGGER.error("%s: %s; it %s", locker.name, with_advice(error), rest)  # noqa: TRY400 - a trace says no more
            return False
        except LockerError as error:
            _LOGGER.warning("%s: %s; what is known of it is served", locker.name, error)
        except BaseException:
            await adapter.close()
            raise
        if locker.name in self._core.locker_ids:
            await self._core.close_locker(locker.name)
        await self._core.add_locker(locker.name, locker.name, adapter, sync_interval=locker.sync_interval)
        # Another account's marker says nothing about what is indexed.
        self._core.start_sync([locker.name], force=True)
        return True

    # Players

    async def _apply_players(self, config: Config) -> list[str]:
        done: list[str] = []
        wanted = {player.id: player for player in config.players}
        for player_id in self._players.keys() - wanted.keys():
            await self._core.remove_player(player_id)
            done.append(f"player {self._players.pop(player_id).name} removed")
        for player_id, player in wanted.items():
            if player_id not in self._players:
                await self._core.add_player(player_id, player.name)
                done.append(f"player {player.name} added")
            elif self._players[player_id] != player:
                self._rename(player)
                done.append(f"player {player.name} renamed")
            self._players[player_id] = player
        return done

    def _rename(self, player: PlayerConfig) -> None:
        self._core.players[player.id].name = player.name
