import torch
import torch.nn.functional as F

# Each function gets float tensors a, b (2, 3, 4), an index i (2), a mask k (2, 3, 4)
# and a parameter w (4, 4); what its results depend on is in provenance.tsv.


def views(a, b, i, k, w):
    return a.view(6, 4), a.transpose(1, 2).reshape(-1), a.expand_as(b), a.type_as(b), b.to(a), a.reshape_as(b), a[:, 1:], a[..., None]


def like(a, b, i, k, w):
    return torch.zeros_like(a), a.new_zeros(3), torch.full_like(a, 2), torch.empty_like(a) + b, torch.rand_like(a), a.new_tensor([1.0])


def nonlinear(a, b, i, k, w):
    return (F.softmax(a, -1), F.log_softmax(a, -1), torch.sigmoid(a), torch.tanh(a), F.gelu(a), F.silu(a), F.relu(a), F.softplus(a), F.relu6(a),
            F.hardtanh(a), F.glu(a), F.leaky_relu(a), F.elu(a), F.selu(a), F.mish(a), F.hardsigmoid(a), F.hardswish(a), F.logsigmoid(a), F.celu(a),
            F.softsign(a), F.tanhshrink(a), F.softmin(a, -1), F.prelu(a, w[0, :3]), F.softshrink(a), F.threshold(a, 0.1, 20.0), F.hardshrink(a))


def nonlinear2(a, b, i, k, w):
    return a.softmax(-1), a.sigmoid(), a.tanh(), a.relu(), torch.relu(a), torch.softmax(a, -1), a.log_softmax(-1), torch.special.expit(a), F.softmax(a, -1, dtype=torch.float16)


def gated(a, b, i, k, w):
    return F.silu(a) * b, torch.sigmoid(a) * a + b, F.normalize(a), F.cosine_similarity(a, b), F.gumbel_softmax(a)


def topk(a, b, i, k, w):
    v, j = a.topk(2)
    return v, j, b.gather(-1, j), torch.argmax(a, -1), a.max(1)[1], a.sort()[0]


def inplace(a, b, i, k, w):
    x = a + 0
    x.add_(b)
    y = a + 0
    y[0] = b[0]
    z = a + 0
    z[:, 1:] += b[:, 1:]
    return x, y, z


def inplace_view(a, b, i, k, w):
    x = a + 0
    v = x[0]
    u = x[1]
    v.add_(b[0])
    return x, v, u, x[1]


def inplace_chain(a, b, i, k, w):
    x = a + 0
    v = x.transpose(0, 1)
    u = v[0]
    u.mul_(b[:, 0])
    return x, v, u


def inplace_view_item(a, b, i, k, w):
    x = a + 0
    v = x.transpose(0, 1)
    v[0] = b[:, 0]
    return x, v


def inplace_full_item(a, b, i, k, w):
    x = a + 0
    v = x.transpose(0, 1)
    v[:] = b.transpose(0, 1)
    y = a + 0
    u = y.transpose(0, 1)
    u[...] = b.transpose(0, 1)
    return x, v, y, u


def inplace_index_item(a, b, i, k, w):
    x = a + 0
    v = x.transpose(0, 1)
    v[i] = b.transpose(0, 1)[:2]
    y = a + 0
    u = y.transpose(0, 1)
    u[:, i] = b.transpose(0, 1)
    z = a + 0
    z[k] = 0.0
    return x, v, y, u, z


def copied(a, b, i, k, w):
    x = a.transpose(0, 1).reshape(6, 4)
    x.zero_()
    y = a.view(6, 4)
    y.add_(b.view(6, 4))
    return x, a, y


def contiguous(a, b, i, k, w):
    x = a + 0
    y = x.contiguous()
    y.add_(b)
    z = x.transpose(0, 1).contiguous()
    z.zero_()
    return x, y, z


def detached(a, b, i, k, w):
    x = a + 0
    d = x.detach()
    d.add_(b)
    v = x.detach()[0]
    v.add_(b[0])
    return x, d, v


def zero_buffer(a, b, i, k, w):
    x = torch.zeros(2, 3, 4, device=a.device)
    x[:, :2] = a[:, :2]
    y = torch.zeros(2, 3, 4, device=a.device)
    y.index_add_(0, i, b)
    z = torch.zeros_like(a)
    z.scatter_(1, torch.zeros(2, 1, 4, dtype=torch.long, device=a.device), a)
    return x, y, z


def masked(a, b, i, k, w):
    return a.masked_fill(k, 0), torch.where(k, a, b), torch.where(a > 0, b, 0.0), a.masked_scatter(k, b), a * k, a.masked_fill(b > 0, 1.0)


def indexed(a, b, i, k, w):
    return a[i[:1]], a[:, i], a.index_select(1, i), F.embedding(i, w), torch.cat([a, b]), torch.stack([a, b])[0]


def products(a, b, i, k, w):
    return a @ w, F.linear(a, w), torch.matmul(a, b.transpose(1, 2)), torch.einsum('bij,bkj->bik', a, b), torch.bmm(a, b.mT), torch.baddbmm(a[:, :, :3], a, b.mT)


def attention(a, b, i, k, w):
    q, key, v = a[:, None], b[:, None], (a + 0)[:, None]
    m = torch.zeros(2, 1, 3, 3, device=a.device) + w[:3, :3]
    return F.scaled_dot_product_attention(q, key, b[:, None]), F.scaled_dot_product_attention(q, q, b[:, None], attn_mask=m), torch.matmul(F.softmax(q @ key.mT, -1), v)


def norms(a, b, i, k, w):
    return F.layer_norm(a, (4,), w[0], w[1]), F.rms_norm(a, (4,), w[0]), F.group_norm(a, 3, w[0, :3]), a * torch.rsqrt(a.pow(2).mean(-1, keepdim=True) + 1e-6)


def same_object(a, b, i, k, w):
    x = a + 0
    y = F.dropout(x, 0.5, False)
    y.add_(b)
    z = a + 0
    u = z.to(torch.float32).float()
    u.add_(b)
    return x, y, z, u


def reductions(a, b, i, k, w):
    return a.sum(-1), a.mean(), a.cumsum(0), a.any(), a.std(-1), torch.logsumexp(a, -1), a.norm(), (a > b).all(), a.argmax()


def unbound(a, b, i, k, w):
    x = a + 0
    p, q = x.unbind(0)
    p.add_(b[0])
    r, s = x.chunk(2, -1)
    r.mul_(b[..., :2])
    return x, p, q, r, s


def losses(a, b, i, k, w):
    return F.mse_loss(a, b), F.cross_entropy(a[0], i[0] * torch.ones(3, dtype=torch.long, device=a.device)), F.binary_cross_entropy_with_logits(a, b), F.kl_div(a, b)


def selected(a, b, i, k, w):
    return a.repeat(2, 1, 1), a.repeat_interleave(2, 1), a.flip(0), a.roll(1, 0), a.tril(), F.pad(a, (1, 1)), a.unfold(2, 2, 1), F.interpolate(a, scale_factor=2), F.one_hot(i, 3)


def attention_function(a, b, i, k, w):
    o, p = F.multi_head_attention_forward(a, a, b, 4, 2, torch.cat([w, w, w]), None, None, None, False, 0.0, w, None, training=False)
    return o, p


def parameter(a, b, i, k, w):
    x = w + 0
    v = w[0]
    return x, v, w[0] * a


def aug(a, b, i, k, w):
    x = a
    x = x + b
    y = a + 0
    y *= torch.sigmoid(b)
    return x, y, a


def where_scatter(a, b, i, k, w):
    s = a.sigmoid()
    v, j = (s + w[0]).topk(2, dim=-1)
    g = s.gather(-1, j)
    g = g / g.sum(-1, keepdim=True)
    m = torch.zeros_like(s).scatter_(-1, j, 1)
    return v, j, g, m, s.masked_fill(~m.bool(), 0.0)


def complex_views(a, b, i, k, w):
    x = (a + 0).reshape(2, 3, 2, 2)
    c = torch.view_as_complex(x)
    y = torch.view_as_real(c * torch.polar(b[..., :2], b[..., 2:]))
    r = c.real
    r.add_(b[..., :2])
    return y, r, c, x
