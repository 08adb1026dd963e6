"""What the tests of the documentation share: its pages, its commands and the texts that it quotes."""
