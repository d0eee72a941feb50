package io.aerodb.storage.harness;

import java.util.List;
import java.util.Map;

/** The gateway's own clean-up, all of it at once and without any grace: what a gateway started with these settings does. */
public final class Cleanup {

    private static final List<String> NO_GRACE = List.of();

    private Cleanup() {}

    /** Settings under which one run frees everything that is not referred to. */
    public static List<String> settings() {
        return NO_GRACE;
    }

    /** One run. False where the gateway has no such thing. */
    public static boolean run(Gateway gateway) {
        Answer answer = gateway.asService().send("POST", "/admin/orphans", Map.of("dry_run", false));
        if (answer.status() == 404 || answer.status() == 405) {
            return false;
        }
        answer.expect(200);
        return true;
    }
}
