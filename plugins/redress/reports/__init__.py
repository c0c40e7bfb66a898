"""The quality lead's site: static pages under REDRESS_HOME/reports, made anew each night from what is published."""
