package io.aerodb.storage.gateway.openapi;

import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses of the description, which everybody may read. */
final class OpenApiRoutes {

    /** RFC 9512. */
    private static final MediaType YAML = MediaType.parseMediaType("application/yaml;charset=utf-8");

    private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=utf-8");

    private OpenApiRoutes() {}

    /** @param yaml the OpenAPI document */
    static RouterFunction<ServerResponse> of(String yaml) {
        FixedAnswer document = FixedAnswer.of(yaml, YAML);
        FixedAnswer page = FixedAnswer.of(DocumentPage.of(Node.parse(yaml)), HTML);
        return RouterFunctions.route()
                .GET(StorageApi.BASE + "/openapi.yaml", document::answer)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .HEAD(StorageApi.BASE + "/openapi.yaml", document::answer)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .GET(StorageApi.BASE + "/docs", page::answer)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .HEAD(StorageApi.BASE + "/docs", page::answer)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .build();
    }
}
