"""What is here needs Temporal's server and PostgreSQL: ``make test-temporal`` says where they are; else nothing is collected."""

from tests.temporal.servers import chosen

collect_ignore_glob = [] if chosen() else ["test_*.py"]
