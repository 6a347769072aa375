"""Iterative refinement: one small network, called again and again with the same weights."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class ConvGRU(nn.Module):
    def __init__(self, hidden_dim=32, input_dim=48):
        super(ConvGRU, self).__init__()
        self.convz = nn.Conv2d(hidden_dim+input_dim, hidden_dim, 3, padding=1)
        self.convr = nn.Conv2d(hidden_dim+input_dim, hidden_dim, 3, padding=1)
        self.convq = nn.Conv2d(hidden_dim+input_dim, hidden_dim, 3, padding=1)

    def forward(self, h, x):
        hx = torch.cat([h, x], dim=1)

        z = torch.sigmoid(self.convz(hx))
        r = torch.sigmoid(self.convr(hx))
        q = torch.tanh(self.convq(torch.cat([r*h, x], dim=1)))

        h = (1-z) * h + z * q
        return h


class Refiner(nn.Module):
    def __init__(self, iters=5, hidden_dim=32, freeze_encoder=True):
        super().__init__()
        self.iters = iters
        self.hidden_dim = hidden_dim
        self.fnet = nn.Sequential(
            nn.Conv2d(3, 32, 7, 2, 3), nn.InstanceNorm2d(32), nn.ReLU(inplace=True),
            nn.Conv2d(32, 64, 3, 2, 1), nn.InstanceNorm2d(64), nn.ReLU(inplace=True),
            nn.Conv2d(64, 64, 1),
        )
        self.update = ConvGRU(hidden_dim, 34)
        self.flow_head = nn.Conv2d(hidden_dim, 2, 3, padding=1)
        # the mask for upsampling shares its weights with nothing
        self.mask = nn.Conv2d(hidden_dim, 4 * 4 * 9, 1)

        if freeze_encoder:
            for param in self.fnet.parameters():
                param.requires_grad = False

    def upsample_flow(self, flow, mask):
        """ Upsample [H/4, W/4, 2] -> [H, W, 2] using convex combination """
        N, _, H, W = flow.shape
        mask = mask.view(N, 1, 9, 4, 4, H, W)
        mask = torch.softmax(mask, dim=2)

        up_flow = F.unfold(4 * flow, [3, 3], padding=1)
        up_flow = up_flow.view(N, 2, 9, 1, 1, H, W)

        up_flow = torch.sum(mask * up_flow, dim=2)
        up_flow = up_flow.permute(0, 1, 4, 2, 5, 3)
        return up_flow.reshape(N, 2, 4*H, 4*W)

    def forward(self, image):
        fmap = self.fnet(image)
        net, inp = torch.split(fmap, [self.hidden_dim, fmap.shape[1] - self.hidden_dim], dim=1)
        net, inp = torch.tanh(net), torch.relu(inp)
        flow = torch.zeros_like(net[:, :2])
        predictions = []
        for itr in range(self.iters):
            flow = flow.detach()
            net = self.update(net, torch.cat([inp, flow], dim=1))
            flow = flow + self.flow_head(net)
            predictions.append(self.upsample_flow(flow, .25 * self.mask(net)))
        return predictions


if __name__ == "__main__":
    model = Refiner(iters=5)
    print([tuple(p.shape) for p in model(torch.randn(1, 3, 64, 96))])
    print(sum(p.numel() for p in model.parameters() if p.requires_grad))
