package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.StorageApi;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The addresses of buckets. */
final class BucketRoutes {

    private BucketRoutes() {}

    static RouterFunction<ServerResponse> of(BucketHandler buckets) {
        return RouterFunctions.route()
                .path(StorageApi.BASE + "/bucket", bucket -> bucket.POST("", buckets::create)
                        .GET("", buckets::list)
                        .GET("/{bucket}", buckets::get)
                        .PATCH("/{bucket}", buckets::update)
                        .PUT("/{bucket}", buckets::update)
                        .POST("/{bucket}/empty", buckets::empty)
                        .DELETE("/{bucket}", buckets::delete))
                .build();
    }
}
