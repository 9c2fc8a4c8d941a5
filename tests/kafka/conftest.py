"""What is here needs Apache Kafka: ``make test-kafka`` says where it is, and nothing here is collected without it."""

from tests.kafka.apache import chosen

collect_ignore_glob = [] if chosen() else ["test_*.py"]
