"""One module per source system; `contract` says what each must deliver and `raw` writes what they delivered."""
