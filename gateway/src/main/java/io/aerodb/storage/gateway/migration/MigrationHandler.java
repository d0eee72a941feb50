package io.aerodb.storage.gateway.migration;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.Migration;
import io.aerodb.storage.metadata.MigrationOrder;
import io.aerodb.storage.metadata.MigrationRepository;
import io.aerodb.storage.metadata.MigrationStart;
import io.aerodb.storage.metadata.MigrationStart.Started;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** HTTP to {@link MigrationRepository} and back, for service_role, whom a filter lets through. */
final class MigrationHandler {

    private static final Logger log = LoggerFactory.getLogger(MigrationHandler.class);
    private static final int MAX_LISTED = 1000;

    private final MigrationRepository migrations;
    private final StorageBackends backends;
    private final Bodies bodies;

    MigrationHandler(MigrationRepository migrations, StorageBackends backends, Bodies bodies) {
        this.migrations = migrations;
        this.backends = backends;
        this.bodies = bodies;
    }

    Mono<ServerResponse> start(ServerRequest request) {
        return bodies.json(request)
                .map(this::order)
                .doOnNext(order ->
                        Facts.of(request).note(LogField.BUCKET, order.bucket()).note(LogField.BACKEND, order.target()))
                .flatMap(order -> told(request, migrations.start(RlsContextFilter.of(request), order)))
                .map(MigrationHandler::started)
                .doOnNext(job -> note(request, job))
                .flatMap(job -> ServerResponse.status(HttpStatus.CREATED).bodyValue(MigrationJson.of(job)));
    }

    Mono<ServerResponse> list(ServerRequest request) {
        int limit = QueryNumbers.of(request, "limit", MAX_LISTED, 1, MAX_LISTED);
        int offset = QueryNumbers.of(request, "offset", 0, 0, Integer.MAX_VALUE);
        return told(request, migrations.list(limit, offset))
                .map(jobs -> jobs.stream().map(MigrationJson::of).toList())
                .flatMap(jobs -> ServerResponse.ok().bodyValue(jobs));
    }

    Mono<ServerResponse> find(ServerRequest request) {
        return one(request, migrations.find(id(request)));
    }

    Mono<ServerResponse> cancel(ServerRequest request) {
        return one(request, migrations.cancel(id(request)).doOnNext(MigrationHandler::tellCancel));
    }

    private static Mono<ServerResponse> one(ServerRequest request, Mono<Migration> job) {
        return told(request, job)
                .switchIfEmpty(Mono.error(MigrationHandler::unknown))
                .doOnNext(found -> note(request, found))
                .flatMap(found -> ServerResponse.ok().bodyValue(MigrationJson.of(found)));
    }

    private static void note(ServerRequest request, Migration job) {
        Facts.of(request)
                .note(LogField.MIGRATION_ID, job.id())
                .note(LogField.BUCKET, job.bucket())
                .note(LogField.BACKEND, job.target());
    }

    private static <T> Mono<T> told(ServerRequest request, Mono<T> answer) {
        return answer.onErrorMap(
                MetadataException.class,
                failure -> PermissionChecker.failed(RlsContextFilter.of(request), failure, "update"));
    }

    private MigrationOrder order(JsonFields fields) {
        String bucket = fields.requiredText("bucket");
        return new MigrationOrder(bucket, target(fields), limit(fields), backends.defaultName());
    }

    private String target(JsonFields fields) {
        String target = fields.requiredText("to");
        if (!backends.names().contains(target)) {
            throw ErrorCode.INVALID_REQUEST
                    .because("to", "must be " + String.join(" or ", backends.names()))
                    .with("allowed", backends.names());
        }
        return target;
    }

    private static @Nullable Long limit(JsonFields fields) {
        OptionalLong limit = fields.size("max_bytes_per_second");
        if (limit.isPresent() && limit.getAsLong() == 0) {
            throw ErrorCode.INVALID_REQUEST.because("max_bytes_per_second", "must be 1 at least, or left out");
        }
        return limit.isPresent() ? Long.valueOf(limit.getAsLong()) : null;
    }

    private static Migration started(MigrationStart start) {
        if (start instanceof Started started) {
            tell("started", started.migration());
            return started.migration();
        }
        throw start instanceof MigrationStart.Running
                ? ErrorCode.MIGRATION_RUNNING.error()
                : ErrorCode.NO_SUCH_BUCKET.error();
    }

    private static void tellCancel(Migration job) {
        if (job.state() == Migration.State.CANCELLED) {
            tell("cancelled", job);
        }
    }

    private static void tell(String event, Migration job) {
        log.info(
                "event=migration_{} id={} bucket={} to={} state={}",
                event,
                job.id(),
                LogText.value(job.bucket()),
                job.target(),
                job.state().word());
    }

    private static UUID id(ServerRequest request) {
        try {
            return UUID.fromString(request.pathVariable("id"));
        } catch (IllegalArgumentException none) {
            throw unknown();
        }
    }

    private static StorageError unknown() {
        return ErrorCode.NO_SUCH_KEY.because("Migration not found");
    }
}
