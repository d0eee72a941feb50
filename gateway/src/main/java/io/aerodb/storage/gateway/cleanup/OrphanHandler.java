package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Cleans up on demand, for service_role, whom a filter lets through; as long as the client reads what it is told. */
final class OrphanHandler {

    private final OrphanCleanupJob job;
    private final Bodies bodies;

    OrphanHandler(OrphanCleanupJob job, Bodies bodies) {
        this.job = job;
        this.bodies = bodies;
    }

    Mono<ServerResponse> clean(ServerRequest request) {
        return bodies.json(request)
                .map(this::order)
                .doOnNext(order -> note(request, order))
                .flatMap(order -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_NDJSON)
                        .body(job.run(order), CleanupReport.class));
    }

    private static void note(ServerRequest request, CleanupOrder order) {
        Facts.of(request)
                .note(LogField.DRY_RUN, order.dryRun())
                .note(LogField.BACKEND, String.join(",", order.backends()));
    }

    private CleanupOrder order(JsonFields fields) {
        boolean dryRun = fields.flag("dry_run").orElse(true);
        boolean collect = fields.flag("collect").orElse(!dryRun);
        boolean go = fields.flag("go").orElse(false);
        if (dryRun && collect) {
            throw ErrorCode.INVALID_REQUEST.because("collect", "must be false in a dry run");
        }
        if (dryRun && go) {
            throw ErrorCode.INVALID_REQUEST.because("go", "must be false in a dry run");
        }
        Optional<String> backend = fields.text("backend");
        if (go && backend.isEmpty()) {
            throw ErrorCode.INVALID_REQUEST.because("backend", "must be named with go: it is said of one volume");
        }
        return new CleanupOrder(dryRun, backends(backend), collect, go, true);
    }

    private Set<String> backends(Optional<String> name) {
        if (name.isPresent() && !job.backends().contains(name.get())) {
            throw ErrorCode.INVALID_REQUEST
                    .because("backend", "must be " + String.join(" or ", job.backends()))
                    .with("allowed", job.backends());
        }
        return name.map(Set::of).orElseGet(job::backends);
    }
}
