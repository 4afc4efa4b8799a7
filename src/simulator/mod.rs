//! A simulated Microsoft cloud: token endpoint, feeds and faults on request, for demos, tests and benches.
