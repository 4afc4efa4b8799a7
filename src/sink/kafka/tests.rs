//! The sink against librdkafka's mock cluster, for faults that real brokers do not produce on request.
