package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageApi;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses at which links are made, listed and revoked. */
final class SigningRoutes {

    private SigningRoutes() {}

    static RouterFunction<ServerResponse> of(SigningHandler signing) {
        return RouterFunctions.route()
                .path(StorageApi.BASE + "/object", object -> object.POST("/sign/{bucket}", signing::signDownloads)
                        .POST("/sign" + ObjectPaths.ANY, signing::signDownload)
                        .POST("/upload/sign" + ObjectPaths.ANY, signing::signUpload)
                        .GET("/sign-links" + ObjectPaths.ANY, signing::list)
                        .DELETE("/sign-links/{token_id}", signing::revoke))
                .build();
    }
}
