"""What every test shares."""

import custom_components.music_locker  # noqa: F401 - the test plugin has a package of the same name; ours must come first
