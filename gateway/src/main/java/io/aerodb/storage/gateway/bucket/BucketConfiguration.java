package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.metadata.BucketRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class BucketConfiguration {

    @Bean
    RouterFunction<ServerResponse> bucketRoutes(BucketRepository repository, StorageBackends backends, Bodies bodies) {
        return BucketRoutes.of(new BucketHandler(new Buckets(repository, backends), bodies));
    }
}
