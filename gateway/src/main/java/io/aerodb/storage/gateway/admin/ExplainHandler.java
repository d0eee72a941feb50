package io.aerodb.storage.gateway.admin;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.auth.TokenVerifier;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.ObjectRights;
import io.aerodb.storage.metadata.ObjectRights.Operation;
import io.aerodb.storage.metadata.RlsContext;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Says what the database answers to a caller with certain claims, and which right is missing. */
final class ExplainHandler {

    private final ObjectRights rights;
    private final Bodies bodies;

    ExplainHandler(ObjectRights rights, Bodies bodies) {
        this.rights = rights;
        this.bodies = bodies;
    }

    Mono<ServerResponse> explain(ServerRequest request) {
        RlsContext asking = RlsContextFilter.of(request);
        return bodies.json(request)
                .flatMap(question -> explanation(request, question))
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(asking, failure, "select"))
                .flatMap(explanation -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(explanation));
    }

    private Mono<String> explanation(ServerRequest request, JsonFields question) {
        ObjectPath path = new ObjectPath(question.requiredText("bucket"), question.requiredText("path"));
        Facts.of(request).object(path.bucket(), path.path());
        return rights.explain(caller(question), path.bucket(), path.path(), operation(question));
    }

    /** Without claims, who shows no token. */
    private RlsContext caller(JsonFields question) {
        try {
            return question.object("claims").map(TokenVerifier::contextOf).orElse(RlsContext.ANONYMOUS);
        } catch (StorageError refused) {
            throw refused.code() == ErrorCode.UNAUTHORIZED
                    ? ErrorCode.INVALID_REQUEST.because("claims", refused.message())
                    : refused;
        }
    }

    private static Operation operation(JsonFields question) {
        return Operation.named(question.requiredText("operation"))
                .orElseThrow(() -> ErrorCode.INVALID_REQUEST.because("operation", "must be one of " + words()));
    }

    private static String words() {
        return Arrays.stream(Operation.values()).map(Operation::word).collect(Collectors.joining(", "));
    }
}
