"""Editing and showing the queue."""

from .both import Both, uri

INK = uri("Marta Quill/Ink")


async def test_a_folder_is_added_in_the_order_of_its_songs(both: Both) -> None:
    await both.same(f"add {INK}", "playlistinfo", "playlist", "playlistid #3")
