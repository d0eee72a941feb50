package io.aerodb.storage.harness;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The gateway's own clean-up, all of it at once and without any grace: what a gateway started with these settings does. */
public final class Cleanup {

    private static final List<String> NO_GRACE = List.of(
            "--storage.cleanup.enabled=false",
            "--storage.cleanup.dead-after=2s",
            "--storage.cleanup.grace-failed=0s",
            "--storage.cleanup.grace-deleted=0s",
            "--storage.cleanup.max-orphans=1000000");

    private Cleanup() {}

    /** Settings under which one run frees everything that is not referred to. */
    public static List<String> settings() {
        return NO_GRACE;
    }

    /** One run on each backend, by a person's word: what was missed before is missing now, however short the time between. */
    public static Answer run(Gateway gateway) {
        return backends(gateway).stream()
                .map(backend -> order(gateway, Map.of("dry_run", false, "go", true, "backend", backend))
                        .expect(200))
                .reduce((one, next) -> next)
                .orElseThrow();
    }

    /** Those that the gateway names when it is asked for another one. */
    private static List<String> backends(Gateway gateway) {
        return order(gateway, Map.of("backend", "none"))
                .expect(400)
                .json()
                .path("allowed")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private static Answer order(Gateway gateway, Map<String, Object> order) {
        return gateway.asService().send("POST", "/admin/orphans", order, "Content-Type", "application/json");
    }
}
