"""Metrics, as dbt defines them, asked for through MetricFlow."""
