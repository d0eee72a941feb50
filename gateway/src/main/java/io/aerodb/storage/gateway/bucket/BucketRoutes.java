package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses of buckets. */
final class BucketRoutes {

    private BucketRoutes() {}

    static RouterFunction<ServerResponse> of(BucketHandler buckets) {
        return RouterFunctions.route()
                .path(StorageApi.BASE + "/bucket", bucket -> bucket.POST("", buckets::create)
                        .withAttribute(Operation.ATTRIBUTE, Operation.CREATE_BUCKET)
                        .GET("", buckets::list)
                        .withAttribute(Operation.ATTRIBUTE, Operation.LIST_BUCKETS)
                        .GET("/{bucket}", buckets::get)
                        .withAttribute(Operation.ATTRIBUTE, Operation.GET_BUCKET)
                        .PATCH("/{bucket}", buckets::update)
                        .withAttribute(Operation.ATTRIBUTE, Operation.UPDATE_BUCKET)
                        .PUT("/{bucket}", buckets::update)
                        .withAttribute(Operation.ATTRIBUTE, Operation.UPDATE_BUCKET)
                        .POST("/{bucket}/empty", buckets::empty)
                        .withAttribute(Operation.ATTRIBUTE, Operation.EMPTY_BUCKET)
                        .DELETE("/{bucket}", buckets::delete)
                        .withAttribute(Operation.ATTRIBUTE, Operation.DELETE_BUCKET))
                .build();
    }
}
