"""Telling people what happened in a night: by e-mail, in Teams and in Slack; nobody is told until it is set up."""
