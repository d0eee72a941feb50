package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageApi;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses of objects. The raw path is parsed once, by {@link ObjectPaths}; words of the API come before buckets. */
final class ObjectRoutes {

    private ObjectRoutes() {}

    static RouterFunction<ServerResponse> of(ObjectHandler objects, ListingHandler listings, MoveHandler moves) {
        return RouterFunctions.route()
                .path(StorageApi.BASE + "/object", object -> object.GET(
                                "/info/public" + ObjectPaths.ANY, objects::infoPublic)
                        .HEAD("/info/public" + ObjectPaths.ANY, objects::infoPublic)
                        .GET("/info/authenticated" + ObjectPaths.ANY, objects::info)
                        .HEAD("/info/authenticated" + ObjectPaths.ANY, objects::info)
                        .GET("/info" + ObjectPaths.ANY, objects::info)
                        .HEAD("/info" + ObjectPaths.ANY, objects::info)
                        .GET("/public" + ObjectPaths.ANY, objects::downloadPublic)
                        .HEAD("/public" + ObjectPaths.ANY, objects::headPublic)
                        .GET("/authenticated" + ObjectPaths.ANY, objects::download)
                        .HEAD("/authenticated" + ObjectPaths.ANY, objects::head)
                        .POST(ObjectPaths.ANY, objects::create)
                        .PUT(ObjectPaths.ANY, objects::replace)
                        .GET(ObjectPaths.ANY, objects::download)
                        .HEAD(ObjectPaths.ANY, objects::head)
                        .DELETE(ObjectPaths.ANY, objects::remove))
                .build();
    }
}
