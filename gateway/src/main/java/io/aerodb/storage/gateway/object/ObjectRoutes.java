package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.admission.Admission;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageApi;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses of objects. The raw path is parsed once, by {@link ObjectPaths}; words of the API come before buckets. */
final class ObjectRoutes {

    private ObjectRoutes() {}

    static RouterFunction<ServerResponse> of(
            ObjectHandler objects,
            ListingHandler listings,
            MoveHandler moves,
            LinkHandler links,
            LinkUploadHandler linkUploads,
            Admission admission) {
        return RouterFunctions.route()
                .path(StorageApi.BASE + "/object", object -> {
                    changes(object, moves);
                    listings(object, listings);
                    links(object, links, linkUploads, admission);
                    reads(object, objects, admission);
                    object.POST(ObjectPaths.ANY, admission.upload(objects::create))
                            .PUT(ObjectPaths.ANY, admission.upload(objects::replace))
                            .DELETE(ObjectPaths.ANY, objects::remove);
                })
                .build();
    }

    private static void changes(RouterFunctions.Builder object, MoveHandler moves) {
        object.POST("/copy", moves::copy)
                .POST("/move", moves::move)
                .POST("/move-prefix", moves::movePrefix)
                .POST("/delete-prefix", moves::removePrefix)
                .DELETE("/{bucket}", moves::removeMany);
    }

    private static void listings(RouterFunctions.Builder object, ListingHandler listings) {
        object.POST("/list/{bucket}", listings::folder)
                .POST("/list-v2/{bucket}", listings::page)
                .GET("/list/{bucket}", listings::pageByQuery);
    }

    private static void links(
            RouterFunctions.Builder object, LinkHandler links, LinkUploadHandler uploads, Admission admission) {
        object.GET("/sign" + ObjectPaths.ANY, admission.download(links::downloadSigned))
                .HEAD("/sign" + ObjectPaths.ANY, links::downloadSigned)
                .PUT("/upload/sign" + ObjectPaths.ANY, admission.upload(uploads::upload));
    }

    private static void reads(RouterFunctions.Builder object, ObjectHandler objects, Admission admission) {
        object.GET("/info/public" + ObjectPaths.ANY, objects::infoPublic)
                .HEAD("/info/public" + ObjectPaths.ANY, objects::infoPublic)
                .GET("/info/authenticated" + ObjectPaths.ANY, objects::info)
                .HEAD("/info/authenticated" + ObjectPaths.ANY, objects::info)
                .GET("/info" + ObjectPaths.ANY, objects::info)
                .HEAD("/info" + ObjectPaths.ANY, objects::info)
                .GET("/public" + ObjectPaths.ANY, admission.download(objects::downloadPublic))
                .HEAD("/public" + ObjectPaths.ANY, objects::downloadPublic)
                .GET("/authenticated" + ObjectPaths.ANY, admission.download(objects::download))
                .HEAD("/authenticated" + ObjectPaths.ANY, objects::download)
                .GET(ObjectPaths.ANY, admission.download(objects::download))
                .HEAD(ObjectPaths.ANY, objects::download);
    }
}
