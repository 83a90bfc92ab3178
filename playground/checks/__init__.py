"""What Discord refuses: checks of the bodies that bots send, each fault with the path where it stands."""
