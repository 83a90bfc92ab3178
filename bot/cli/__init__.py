"""What the commands of `artel` do; `bot.__main__` names them and reads the environment."""
