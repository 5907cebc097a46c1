// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/alert_queue.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace mgmd::mgm {
namespace {

std::string_view name_of(AlertKind kind) {
    switch (kind) {
        case AlertKind::local_join:
            return "local join";
        case AlertKind::local_leave:
            return "local leave";
        case AlertKind::local_exclude:
            return "local exclude";
        case AlertKind::join:
            return "join";
        case AlertKind::prune:
            return "prune";
        case AlertKind::wrong_interface:
            return "wrong interface";
        case AlertKind::signal:
            break;
    }
    return "signal";
}

}  // namespace

template <class F>
AlertQueue<F>::AlertQueue(const ClientRegistry<F>& clients, const Clock& clock, Post post,
                          std::size_t max_rounds, PruneAnswer prune_answer,
                          monitor::Reporter reporter)
    : clients_(clients),
      clock_(clock),
      post_(std::move(post)),
      max_rounds_(max_rounds),
      prune_answer_(std::move(prune_answer)),
      reporter_(reporter),
      self_(std::make_shared<AlertQueue*>(this)) {}

template <class F>
void AlertQueue<F>::push(std::vector<Alert<F>> alerts) {
    for (Alert<F>& alert : alerts) {
        const ClientHandle recipient = clients_.handle(alert.recipient);
        waiting_.push_back({recipient, std::move(alert)});
    }
}

template <class F>
void AlertQueue<F>::deliver() {
    if (delivering_) {
        return;
    }
    delivering_ = true;
    for (std::size_t round = 0; !waiting_.empty(); ++round) {
        if (round == max_rounds_) {
            too_many_(clock_.now(), [this](const std::string& more) {
                spdlog::warn(
                    "mgm: alerts still cause alerts after {} rounds; continuing from the event "
                    "loop with {} waiting{}",
                    max_rounds_, waiting_.size(), more);
            });
            continue_later();
            break;
        }
        std::deque<Item> items = std::exchange(waiting_, {});
        for (Item& item : items) {
            dispatch(item);
        }
    }
    delivering_ = false;
}

template <class F>
void AlertQueue<F>::continue_later() {
    if (posted_) {
        return;
    }
    posted_ = true;
    post_([alive = std::weak_ptr<AlertQueue*>(self_)] {
        if (const auto self = alive.lock()) {
            (*self)->posted_ = false;
            (*self)->deliver();
        }
    });
}

template <class F>
void AlertQueue<F>::dispatch(Item& item) {
    if (clients_.is_current(item.recipient)) {
        report(item);
        call(clients_.callbacks(item.recipient.slot), item.alert);
    }
}

template <class F>
void AlertQueue<F>::report(const Item& item) const {
    const Alert<F>& alert = item.alert;
    // The engine reports the wrong interface itself, told to somebody or not.
    if (alert.kind == AlertKind::wrong_interface) {
        return;
    }
    reporter_(NoticeKind::alert, name_of(alert.kind), [&](monitor::Notice& notice) {
        notice.set_flow<F>(alert.key.group, alert.key.source, alert.key.group_length);
        notice.interface = alert.interface.index;
        notice.protocol = clients_.name(item.recipient.slot).protocol;
        const bool is_question = alert.kind == AlertKind::join || alert.kind == AlertKind::prune;
        notice.details = !is_question          ? ""
                         : alert.member_update ? "memberships of others"
                                               : "the entry's outgoing interfaces";
    });
}

template <class F>
void AlertQueue<F>::call(ProtocolClient<F>& client, Alert<F>& alert) {
    switch (alert.kind) {
        case AlertKind::local_join:
            return client.on_local_join({alert.key, alert.interface});
        case AlertKind::local_leave:
            return client.on_local_leave({alert.key, alert.interface});
        case AlertKind::local_exclude:
            return client.on_local_exclude({alert.key, alert.interface, alert.sources});
        case AlertKind::join:
            return client.on_join_alert({alert.key, alert.member_update});
        case AlertKind::prune: {
            PruneAlert<F> prune{alert.key, alert.interface, alert.member_update, alert.timeout};
            client.on_prune_alert(prune);
            if (!alert.member_update) {
                prune_answer_(alert, prune.timeout);
            }
            return;
        }
        case AlertKind::wrong_interface:
            return client.on_wrong_interface(
                {alert.key, alert.interface, alert.header, alert.unreported});
        case AlertKind::signal:
            return client.on_signal({alert.signal, alert.route, alert.key, alert.interface,
                                     alert.packets, alert.octets});
    }
}

template class AlertQueue<V4>;
template class AlertQueue<V6>;

}  // namespace mgmd::mgm
