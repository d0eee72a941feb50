package io.aerodb.storage.harness;

import java.util.List;
import java.util.Map;

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

    /** One run, by a person's word: what was missed before is missing now, however short the time between. */
    public static Answer run(Gateway gateway) {
        return gateway.asService()
                .send(
                        "POST",
                        "/admin/orphans",
                        Map.of("dry_run", false, "go", true),
                        "Content-Type",
                        "application/json");
    }
}
