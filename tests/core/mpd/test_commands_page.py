from script import mpd_table


def test_the_page_of_commands_is_up_to_date() -> None:
    assert mpd_table.PAGE.read_text() == mpd_table.page()
