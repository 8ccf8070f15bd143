// The echo on gRPC C++, by completion queues (one thread at each end, the fastest way) or callbacks
// (the way its documentation recommends): a server, or a client with a fixed number of calls in
// flight on one connection.
//
// usage: grpc-cpp-echo queue|callback server
//        grpc-cpp-echo queue|callback client HOST:PORT IN-FLIGHT SECONDS
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;

namespace {

constexpr int kAcceptedAtOnce = 600;

// One call of the server, which takes three turns through the queue and then deletes itself.
class ServerCall {
  public:
    ServerCall(grpc::AsyncGenericService *service, grpc::ServerCompletionQueue *queue)
        : service_(service), queue_(queue) {
        service_->RequestCall(&context_, &stream_, queue_, queue_, this);
    }

    void Proceed(bool is_well) {
        switch (turn_) {
        case Turn::kAccepted:
            if (!is_well) return delete this;
            new ServerCall(service_, queue_);
            turn_ = Turn::kRead;
            return stream_.Read(&message_, this);
        case Turn::kRead:
            turn_ = Turn::kFinished;
            if (!is_well) return stream_.Finish(grpc::Status::OK, this);
            return stream_.WriteAndFinish(message_, grpc::WriteOptions(), grpc::Status::OK, this);
        case Turn::kFinished:
            return delete this;
        }
    }

  private:
    enum class Turn { kAccepted, kRead, kFinished };

    grpc::AsyncGenericService *service_;
    grpc::ServerCompletionQueue *queue_;
    grpc::GenericServerContext context_;
    grpc::GenericServerAsyncReaderWriter stream_{&context_};
    grpc::ByteBuffer message_;
    Turn turn_ = Turn::kAccepted;
};

// One call of the callback server, which deletes itself.
class Reactor : public grpc::ServerGenericBidiReactor {
  public:
    Reactor() { StartRead(&message_); }

    void OnReadDone(bool is_well) override {
        if (!is_well) return Finish(grpc::Status::OK);
        StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    }

    void OnDone() override { delete this; }

  private:
    grpc::ByteBuffer message_;
};

class CallbackService : public grpc::CallbackGenericService {
  public:
    grpc::ServerGenericBidiReactor *CreateReactor(grpc::GenericCallbackServerContext *) override {
        return new Reactor();
    }
};

int ServeByCallbacks() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    CallbackService service;
    builder.RegisterCallbackGenericService(&service);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) return 1;
    std::printf("listening 127.0.0.1:%d\n", port);
    std::fflush(stdout);
    server->Wait();
    return 0;
}

int ServeByQueue() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1000);
    grpc::AsyncGenericService service;
    builder.RegisterAsyncGenericService(&service);
    std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) return 1;
    for (int index = 0; index < kAcceptedAtOnce; index++) new ServerCall(&service, queue.get());
    std::printf("listening 127.0.0.1:%d\n", port);
    std::fflush(stdout);
    void *tag;
    bool is_well;
    while (queue->Next(&tag, &is_well)) static_cast<ServerCall *>(tag)->Proceed(is_well);
    return 0;
}

struct ClientCall {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
    grpc::ByteBuffer reply;
    grpc::Status status;
    Clock::time_point began;
};

void Check(const ClientCall &call, const grpc::Slice &payload) {
    if (call.status.ok() && call.reply.Length() == payload.size()) return;
    std::fprintf(stderr, "a call failed: %s\n", call.status.error_message().c_str());
    std::exit(1);
}

long Nanoseconds(const ClientCall &call, Clock::time_point now) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now - call.began).count();
}

class QueueLoad {
  public:
    QueueLoad(const std::string &address, int in_flight)
        : stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
          payload_(std::string(100, 'x')), calls_(in_flight) {}

    // Nanoseconds of every call made until `duration` is over.
    std::vector<long> Run(Clock::duration duration) {
        std::vector<long> times;
        const Clock::time_point end = Clock::now() + duration;
        for (ClientCall &call : calls_) Begin(&call);
        size_t live = calls_.size();
        void *tag;
        bool is_well;
        while (live > 0 && queue_.Next(&tag, &is_well)) {
            ClientCall *call = static_cast<ClientCall *>(tag);
            Check(*call, payload_);
            const Clock::time_point now = Clock::now();
            times.push_back(Nanoseconds(*call, now));
            if (now < end) {
                Begin(call);
            } else {
                live--;
            }
        }
        return times;
    }

  private:
    void Begin(ClientCall *call) {
        call->context = std::make_unique<grpc::ClientContext>();
        call->reply.Clear();
        call->began = Clock::now();
        grpc::ByteBuffer request(&payload_, 1);
        call->reader = stub_.PrepareUnaryCall(
            call->context.get(), "/benchmark.Echo/Call", request, &queue_);
        call->reader->StartCall();
        call->reader->Finish(&call->reply, &call->status, call);
    }

    grpc::GenericStub stub_;
    grpc::CompletionQueue queue_;
    grpc::Slice payload_;
    std::vector<ClientCall> calls_;
};

class CallbackLoad {
  public:
    CallbackLoad(const std::string &address, int in_flight)
        : stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
          payload_(std::string(100, 'x')), request_(&payload_, 1), calls_(in_flight) {}

    // Nanoseconds of every call made until `duration` is over.
    std::vector<long> Run(Clock::duration duration) {
        std::unique_lock<std::mutex> lock(mutex_);
        times_.clear();
        end_ = Clock::now() + duration;
        live_ = calls_.size();
        lock.unlock();
        for (ClientCall &call : calls_) Begin(&call);
        lock.lock();
        ended_.wait(lock, [this] { return live_ == 0; });
        return times_;
    }

  private:
    void Begin(ClientCall *call) {
        call->context = std::make_unique<grpc::ClientContext>();
        call->reply.Clear();
        call->began = Clock::now();
        stub_.UnaryCall(
            call->context.get(), "/benchmark.Echo/Call", grpc::StubOptions(), &request_,
            &call->reply, [this, call](grpc::Status status) {
                call->status = status;
                Ended(call);
            });
    }

    void Ended(ClientCall *call) {
        Check(*call, payload_);
        const Clock::time_point now = Clock::now();
        std::unique_lock<std::mutex> lock(mutex_);
        times_.push_back(Nanoseconds(*call, now));
        if (now < end_) {
            lock.unlock();
            Begin(call);
        } else if (--live_ == 0) {
            ended_.notify_one();
        }
    }

    grpc::GenericStub stub_;
    grpc::Slice payload_;
    grpc::ByteBuffer request_;
    std::vector<ClientCall> calls_;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::vector<long> times_;
    Clock::time_point end_;
    size_t live_ = 0;
};

double CPUSeconds() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <typename Load>
int Call(const std::string &address, int in_flight, int seconds) {
    Load load(address, in_flight);
    load.Run(std::chrono::milliseconds(500));
    const double cpu = CPUSeconds();
    const Clock::time_point start = Clock::now();
    std::vector<long> times = load.Run(std::chrono::seconds(seconds));
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const double used = CPUSeconds() - cpu;
    std::sort(times.begin(), times.end());
    const double count = static_cast<double>(times.size());
    std::printf(
        "{\"calls\": %zu, \"calls_per_second\": %f, \"p50_us\": %f, \"p99_us\": %f, "
        "\"cpu_us\": %f}\n",
        times.size(), count / elapsed, static_cast<double>(times[times.size() / 2]) / 1000,
        static_cast<double>(times[times.size() * 99 / 100]) / 1000, used * 1e6 / count);
    return 0;
}

}  // namespace

int main(int count, char **arguments) {
    const std::string way = count > 1 ? arguments[1] : "";
    const std::string part = count > 2 ? arguments[2] : "";
    const bool is_server = part == "server" && count == 3;
    const bool is_client = part == "client" && count == 6;
    if ((way == "queue" || way == "callback") && (is_server || is_client)) {
        if (is_server) return way == "queue" ? ServeByQueue() : ServeByCallbacks();
        const auto call = way == "queue" ? Call<QueueLoad> : Call<CallbackLoad>;
        return call(arguments[3], std::atoi(arguments[4]), std::atoi(arguments[5]));
    }
    std::fprintf(
        stderr,
        "usage: grpc-cpp-echo queue|callback server\n"
        "       grpc-cpp-echo queue|callback client HOST:PORT IN-FLIGHT SECONDS\n");
    return 1;
}
