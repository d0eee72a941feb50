package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses at which links are made, listed and revoked. */
final class SigningRoutes {

    private SigningRoutes() {}

    static RouterFunction<ServerResponse> of(SigningHandler signing) {
        return RouterFunctions.route()
                .path(StorageApi.BASE + "/object", object -> object.POST("/sign/{bucket}", signing::signDownloads)
                        .withAttribute(Operation.ATTRIBUTE, Operation.SIGN_DOWNLOAD)
                        .POST("/sign" + ObjectPaths.ANY, signing::signDownload)
                        .withAttribute(Operation.ATTRIBUTE, Operation.SIGN_DOWNLOAD)
                        .POST("/upload/sign" + ObjectPaths.ANY, signing::signUpload)
                        .withAttribute(Operation.ATTRIBUTE, Operation.SIGN_UPLOAD)
                        .GET("/sign-links" + ObjectPaths.ANY, signing::list)
                        .withAttribute(Operation.ATTRIBUTE, Operation.LIST_LINKS)
                        .DELETE("/sign-links/{token_id}", signing::revoke)
                        .withAttribute(Operation.ATTRIBUTE, Operation.REVOKE_LINK))
                .build();
    }
}
