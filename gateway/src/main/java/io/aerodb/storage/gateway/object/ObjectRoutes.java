package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.admission.Admission;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
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
                            .withAttribute(Operation.ATTRIBUTE, Operation.UPLOAD)
                            .PUT(ObjectPaths.ANY, admission.upload(objects::replace))
                            .withAttribute(Operation.ATTRIBUTE, Operation.UPLOAD)
                            .DELETE(ObjectPaths.ANY, objects::remove)
                            .withAttribute(Operation.ATTRIBUTE, Operation.DELETE);
                })
                .build();
    }

    private static void changes(RouterFunctions.Builder object, MoveHandler moves) {
        object.POST("/copy", moves::copy)
                .withAttribute(Operation.ATTRIBUTE, Operation.COPY)
                .POST("/move", moves::move)
                .withAttribute(Operation.ATTRIBUTE, Operation.MOVE)
                .POST("/move-prefix", moves::movePrefix)
                .withAttribute(Operation.ATTRIBUTE, Operation.MOVE_PREFIX)
                .POST("/delete-prefix", moves::removePrefix)
                .withAttribute(Operation.ATTRIBUTE, Operation.DELETE_PREFIX)
                .DELETE("/{bucket}", moves::removeMany)
                .withAttribute(Operation.ATTRIBUTE, Operation.DELETE_MANY);
    }

    private static void listings(RouterFunctions.Builder object, ListingHandler listings) {
        object.POST("/list/{bucket}", listings::folder)
                .withAttribute(Operation.ATTRIBUTE, Operation.LIST)
                .POST("/list-v2/{bucket}", listings::page)
                .withAttribute(Operation.ATTRIBUTE, Operation.LIST)
                .GET("/list/{bucket}", listings::pageByQuery)
                .withAttribute(Operation.ATTRIBUTE, Operation.LIST);
    }

    private static void links(
            RouterFunctions.Builder object, LinkHandler links, LinkUploadHandler uploads, Admission admission) {
        object.GET("/sign" + ObjectPaths.ANY, admission.download(links::downloadSigned))
                .withAttribute(Operation.ATTRIBUTE, Operation.DOWNLOAD)
                .HEAD("/sign" + ObjectPaths.ANY, links::downloadSigned)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .PUT("/upload/sign" + ObjectPaths.ANY, admission.upload(uploads::upload))
                .withAttribute(Operation.ATTRIBUTE, Operation.UPLOAD);
    }

    private static void reads(RouterFunctions.Builder object, ObjectHandler objects, Admission admission) {
        object.GET("/info/public" + ObjectPaths.ANY, objects::infoPublic)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .HEAD("/info/public" + ObjectPaths.ANY, objects::infoPublic)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .GET("/info/authenticated" + ObjectPaths.ANY, objects::info)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .HEAD("/info/authenticated" + ObjectPaths.ANY, objects::info)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .GET("/info" + ObjectPaths.ANY, objects::info)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .HEAD("/info" + ObjectPaths.ANY, objects::info)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .GET("/public" + ObjectPaths.ANY, admission.download(objects::downloadPublic))
                .withAttribute(Operation.ATTRIBUTE, Operation.DOWNLOAD)
                .HEAD("/public" + ObjectPaths.ANY, objects::downloadPublic)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .GET("/authenticated" + ObjectPaths.ANY, admission.download(objects::download))
                .withAttribute(Operation.ATTRIBUTE, Operation.DOWNLOAD)
                .HEAD("/authenticated" + ObjectPaths.ANY, objects::download)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO)
                .GET(ObjectPaths.ANY, admission.download(objects::download))
                .withAttribute(Operation.ATTRIBUTE, Operation.DOWNLOAD)
                .HEAD(ObjectPaths.ANY, objects::download)
                .withAttribute(Operation.ATTRIBUTE, Operation.INFO);
    }
}
